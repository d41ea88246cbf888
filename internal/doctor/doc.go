// Package doctor is flow 3: it asks the three services read-only questions, and tells what their
// answers come to.
//
// It decides nothing itself: diagnosis.Rank weighs what it finds about Instagram, diagnosis.Explain
// what X and GitHub say. It writes nothing anywhere, spends no token, and asks each service a
// bounded number of questions, cheapest first, within a minute.
package doctor
