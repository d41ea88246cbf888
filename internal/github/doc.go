// Package github is this repository on GitHub: the branch that holds the state ([Branch], or [Dir]
// for the same in a local folder) and its history, the Actions secrets ([Secrets]) and the issues
// with their comments ([Issues]). It knows GitHub's wire and limits and nothing of the product.
//
// It is a wrapper around go-github: that library builds the requests and reads the answers.
// Everything in between is [httpx.Client], which times out, retries, caps bodies and converts
// every refusal to an [httpx.Error] by the table in class.go. So go-github never sees a refusal, a
// redirect or a rate limit, and none of its ways to handle them applies.
//
// A file's version is its git blob SHA. The package refuses to force a ref, and to overwrite
// what it has not read.
package github
