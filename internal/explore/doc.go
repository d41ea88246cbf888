// Package explore plays the program against the stand-ins of package sim where chance, or a person,
// or a second run comes between: it is a library for tests, and the program does not import it.
//
// [Interleavings] plays two runs side by side in every order of their calls that two preemptions
// can make, each also with a kill, a cancellation or a lost answer at every call. [Month] plays a
// month of faults, cancellations, clock jumps, changed accounts and lost states, drawn from a seed.
//
// Both check the same promises at the end (docs/guarantees.md has them all): every media is on X
// exactly once, or ended as it should; no refresh token is lost but with its answer; no two issues
// are open for one cause; nobody else's issue is touched. Both count by name the events that they
// reached, and a failure is shrunk before a command that replays it is printed.
//
// Everything runs in a synctest bubble, one process at a time: see [sim.Scheduler]. Therefore a
// seed, or a list of choices, replays to the call.
package explore
