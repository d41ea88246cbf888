// Package xapi is X's API v2 as postferry uses it: chunked upload, alt text, one post at a time,
// the account's own timeline, and the token endpoint.
//
// It knows X's wire and limits and nothing of the product. A post and a spent refresh token are
// sent exactly once; everything else is repeated where X's answer allows it. Only what is needed of
// an answer is read, in the spellings of before and after August 2026, when X renamed Tweet to Post
// unevenly.
package xapi
