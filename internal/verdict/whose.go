package verdict

// Next is what a run does after X refused a media.
type Next string

// The ways to go on.
const (
	// Stop ends the run's posting. The next run asks the same media first.
	Stop Next = "stop"
	// AskWitness tries one other media, whose acceptance shows whose fault it was.
	AskWitness Next = "ask-witness"
	// Own holds this media by itself; the others pass it.
	Own Next = "own"
	// Everybodys opens the breaker and the incident, and counts nothing against the media.
	Everybodys Next = "everybodys"
	// NoThreads is Everybodys for replies: no thread is begun, and single posts go on.
	NoThreads Next = "no-threads"
)

// Answer is what became of the witness.
type Answer string

// The answers of a witness. "" is not asked yet.
const (
	WitnessTaken   Answer = "taken"
	WitnessRefused Answer = "refused"
	NoWitness      Answer = "none" // nothing else waits
)

// witnessForAutomated is the half-open probe from which on a witness is asked although X called the
// posts automated: more posts make it worse.
const witnessForAutomated = 4

// runsAlone is how many runs in a row X must have refused and taken nothing before a media that waits
// alone is everybody's.
const runsAlone = 3

// PostRefusal is a refusal at POST as a run sees it.
type PostRefusal struct {
	Whose Whose
	Reply bool
	// HeldByItself reports whether the media was found at fault by an earlier run.
	HeldByItself bool
	// Taken reports whether X has taken a post in this run already (for a reply: a reply).
	Taken bool
	// Suspect reports whether the last run stopped at this media, or the breaker is half-open.
	Suspect bool
	// Probe is the number of the half-open probe, from 1; 0 while the breaker is closed.
	Probe   int
	Witness Answer
	// AloneVideo reports whether the post has a video and no other media waits.
	AloneVideo bool
	// Runs is how many runs in a row, this one included, X refused and took nothing.
	Runs int
}

// JudgePost says how a run goes on after X refused a post (contract §9.1, "At POST").
func JudgePost(p PostRefusal) Next {
	everybodys := Everybodys
	if p.Reply {
		everybodys = NoThreads
	}
	switch {
	case p.HeldByItself, p.Whose == File && p.AloneVideo:
		return Own
	case p.Whose == Replies:
		return NoThreads
	case p.Whose == Automated && p.Probe < witnessForAutomated:
		return Everybodys
	case p.Whose == Everybody && !p.Taken && !p.Suspect:
		return Everybodys
	case p.Witness == WitnessTaken:
		return Own
	case p.Witness == WitnessRefused:
		return everybodys
	case p.Taken || !p.Suspect:
		return Stop
	case p.Witness == "":
		return AskWitness
	case p.Reply || p.Probe > 0 || p.Whose == Everybody || p.Runs >= runsAlone:
		return everybodys
	}
	return Stop
}

// UploadRefusal is a refusal at an upload step as a run sees it when the other media were tried.
type UploadRefusal struct {
	Whose        Whose
	HeldByItself bool
	Posted       bool // X has taken a post in this run
	Taken        bool // X took another file at that step in this run
	// AloneVideo reports whether the file is a video and no other media was tried.
	AloneVideo bool
}

// JudgeUpload says how a run goes on after X refused a file (contract §9.1, "At the upload steps").
func JudgeUpload(u UploadRefusal) Next {
	switch {
	case u.HeldByItself, u.Taken, u.AloneVideo:
		return Own
	case u.Whose == Everybody && u.Posted:
		return Stop
	}
	return Everybodys
}

// OpensAtOnce reports whether the words of a refusal at an upload step open the incident at once: no
// other file is tried.
func OpensAtOnce(w Whose, posted bool) bool { return w == Everybody && !posted || w == Automated }
