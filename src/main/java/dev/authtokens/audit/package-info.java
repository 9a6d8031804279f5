/** What is written down about requests, free of secrets. */
package dev.authtokens.audit;
