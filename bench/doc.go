// Package bench measures what postferry costs against programs that only make the same requests.
//
// Nothing in this module is part of postferry. `scripts/bench.sh` builds the programs, runs each in
// a process of its own and prints the tables of docs/performance.md:
//
//   - standin keeps the stand-ins of package sim up, with a given latency, and prints the
//     environment of a run;
//   - idle is the bare Go program that makes the two requests of an idle run, and node/idle.mjs is
//     the same program with axios;
//   - pipe is the bare Go pipe from the media host to X's upload endpoint, ferry does the same with
//     postferry's own clients, and node/upload.mjs uses npm's twitter-api-v2;
//   - measure runs programs in turns and compares their wall time, CPU time and memory;
//   - start times the steps of action.yml, which package action runs as a runner does.
//
// `go test -bench . .` compares the upload and the idle run in one process, stand-ins included. It
// is quicker, but it says nothing about start-up or memory.
package bench
