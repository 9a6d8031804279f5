/** How settings are read: secrets as they are written, and only names that exist. */
package dev.authtokens.settings;
