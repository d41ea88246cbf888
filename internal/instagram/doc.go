// Package instagram reads one Instagram professional account: its media, newest first, and what the
// account's token and app have to say about themselves.
//
// There are two ways in, which differ in host, token and paths: Instagram Login
// (graph.instagram.com) and Facebook Login (graph.facebook.com). [Client] speaks both.
//
// Media come from the list edge alone, children by field expansion: in May 2026 reads of single
// media failed for weeks while the list went on working
// (https://github.com/gitroomhq/postiz-app/issues/1562). The token travels in a header; the
// addresses of further pages are built here, because the ones that Graph offers carry the token in
// their query. Every refusal is an [*httpx.Error], whatever its HTTP status, with its class from
// the tables in class.go.
//
// The package stores nothing, downloads no files, and knows nothing of what is done with the media.
package instagram
