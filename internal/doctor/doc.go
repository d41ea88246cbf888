// Package doctor asks the three services read-only questions and collects what their answers come
// to. `postferry doctor` asks all of them; an incident asks those of the component that failed.
//
// It knows which call answers which question. It decides nothing itself: diagnosis.Rank weighs what
// it finds about Instagram, and diagnosis.Explain what X and GitHub refuse. It writes nothing
// anywhere, spends no token, and asks each service a bounded number of questions, cheapest first,
// within a minute.
package doctor
