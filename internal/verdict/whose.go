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

// runsAlone is how many runs in a row X must have refused and taken nothing before a media that
// waits alone is everybody's.
const runsAlone = 3

// PostRefusal is a refusal at POST as a run sees it.
type PostRefusal struct {
	Whose Whose
	Reply bool
	// HeldByItself reports whether the media was found at fault by an earlier run.
	HeldByItself bool
	// Taken reports whether X has taken a post in this run already (for a reply: a reply), and
	// Posted whether it has taken anything: words that name the account mean less then.
	Taken, Posted bool
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

// Judge says how a run goes on after X refused a post.
func (p PostRefusal) Judge() Next {
	switch {
	case p.HeldByItself, p.Whose == File && p.AloneVideo:
		return Own
	case p.Whose == Replies && p.Reply:
		return NoThreads
	case p.opensAtOnce():
		return Everybodys
	}
	return p.judgeByWitness()
}

// judgeByWitness says how a run goes on where X's words alone do not decide: by what became of the
// witness.
func (p PostRefusal) judgeByWitness() Next {
	switch {
	case p.Witness == WitnessTaken:
		return Own
	case p.Witness == WitnessRefused:
		return p.everybodys()
	case p.Taken || !p.Suspect:
		return Stop
	case p.Witness == "":
		return AskWitness
	case p.enoughAlone():
		return p.everybodys()
	}
	return Stop
}

// opensAtOnce reports whether the words open the incident without a witness: they name the account,
// the app or X, and X has taken nothing in this run.
func (p PostRefusal) opensAtOnce() bool {
	posted := p.Taken || p.Posted
	if p.Whose == Automated {
		return posted || p.Probe < witnessForAutomated
	}
	return p.Whose == Everybody && !posted && !p.Suspect
}

// everybodys is the answer where X refused the witness too: of a reply it says nothing about posts.
func (p PostRefusal) everybodys() Next {
	if p.Reply {
		return NoThreads
	}
	return Everybodys
}

// enoughAlone reports whether a refusal is everybody's although nothing else waits that could show
// it.
func (p PostRefusal) enoughAlone() bool {
	return p.Reply || p.Probe > 0 || p.Whose == Everybody || p.Runs >= runsAlone
}

// UploadRefusal is a refusal at an upload step as a run sees it.
type UploadRefusal struct {
	Whose Whose
	// HeldByItself, Suspect and Probe are as in PostRefusal.
	HeldByItself, Suspect bool
	Probe                 int
	Posted                bool // X had taken a post or a reply in this run when it refused
	Taken                 bool // X took another file at that step in this run, before or after
	// AloneVideo reports whether the file is a video and no other media was tried.
	AloneVideo bool
}

// OpensAtOnce reports whether the words of a refusal at an upload step open the incident at once,
// before another media's file is tried: they name the account, the app or X, and no run has asked
// a witness yet.
func (u UploadRefusal) OpensAtOnce() bool {
	switch {
	case u.HeldByItself:
		return false
	case u.Whose == Automated:
		return u.Posted || u.Probe < witnessForAutomated
	}
	return u.Whose == Everybody && !u.Posted && !u.Suspect
}

// Judge says how a run goes on after X refused a file, when the other media's files were tried.
func (u UploadRefusal) Judge() Next {
	known := u.Whose == Everybody || u.Whose == Automated
	switch {
	case u.HeldByItself:
		return Own
	case u.OpensAtOnce():
		return Everybodys
	case u.Whose == Everybody && u.Posted:
		return Stop
	case u.Taken, u.AloneVideo && !known:
		return Own
	}
	return Everybodys
}
