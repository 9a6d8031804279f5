/** What is under {@code k8s/}: rendered, held against the API of Kubernetes and our rules, and run. */
package dev.authtokens.k8s;
