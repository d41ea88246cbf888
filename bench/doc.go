// Package bench measures what postferry costs against programs that do nothing but the same requests.
//
// Nothing here is part of postferry. `scripts/bench.sh` builds everything, runs each program in a process of its own and
// prints the table of docs/performance.md:
//
//   - standin keeps the stand-ins of package sim up, with a given latency, and prints the variables of a run;
//   - idle is the bare Go program that makes the two requests of an idle run, and node/idle.mjs the same with axios;
//   - pipe is the bare Go pipe from the media host to the upload endpoint, and ferry the same way through postferry's own
//     clients; node/upload.mjs is npm twitter-api-v2;
//   - measure runs programs in turns and compares their wall time, CPU time and memory.
//
// `go test -bench . .` in this module compares upload and idle run in one process, stand-ins included. It says nothing
// about start-up or memory, and is quicker.
package bench
