package verdict

import "time"

// DeadToken is what X's refusals of one refresh token have shown so far.
type DeadToken struct {
	Digest string    `yaml:"digest"` // first 8 hex digits of the token's SHA-256
	First  time.Time `yaml:"first"`
	Last   time.Time `yaml:"last,omitempty"`
	Count  int       `yaml:"count"` // refusals at least an hour apart
	// Lost reports whether the answer to an earlier use of this token was lost.
	Lost bool `yaml:"lost,omitempty"`
}

// Add notes one more refusal of a token. Another token begins anew, and so does a refusal that was
// written under a clock that was ahead.
func (d DeadToken) Add(digest string, at time.Time, lost bool) DeadToken {
	switch {
	case d.Digest != digest:
		d = DeadToken{Digest: digest, First: at}
	case !Believable(d.Last, at, tryGap):
		d = DeadToken{Digest: digest, First: at, Lost: d.Lost}
	}
	if at.Sub(d.Last) >= tryGap {
		d.Count, d.Last = d.Count+1, at
	}
	d.Lost = d.Lost || lost
	return d
}

// Dead reports whether it is proven that a refresh token is dead. The refusals must be
// invalid_grant, or X's words that this token's value is invalid, for the newest token of secret
// and vault read anew.
func (d DeadToken) Dead() Verdict {
	switch {
	case d.Lost && d.Count > 0:
		return proven("verdict.stored.token-lost")
	case d.Count >= 2:
		return proven("verdict.stored.token-twice")
	case d.Count == 1:
		return heldUntil(d.Last.Add(tryGap), "verdict.stored.token-once")
	}
	return held("verdict.stored.token-well")
}
