package state

import "time"

// Deletion is what Instagram's lists show in the place of a mirrored media that its owner deleted.
// It is only told: nothing is deleted on X.
type Deletion struct {
	// Since is since when lists show the older neighbour of the media and not the media.
	Since time.Time `yaml:"since"`
	// Proven reports whether two lists a day apart lack it.
	Proven bool `yaml:"proven,omitempty"`
	// Issue is the attention issue that names it, 0 while none does.
	Issue int `yaml:"issue,omitempty"`
}

// Deleted lists the mirrored media that were deleted on Instagram and are still on X, oldest first.
func (l Ledger) Deleted() (out []Record) {
	for _, r := range l {
		if r.Deleted != nil && r.Deleted.Proven {
			out = append(out, r)
		}
	}
	return out
}
