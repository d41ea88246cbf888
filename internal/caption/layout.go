package caption

import (
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/postferry/postferry/internal/twittertext"
)

// layout is a text split into grapheme clusters, with what is needed to cut it between them.
// Place i is the place before cluster i, so 0 is the start and len(clusters) the end.
type layout struct {
	clusters []string
	weights  []int      // of all clusters before the place
	atoms    []position // of the place, relative to the atoms
	graded   []grade    // see grade
	tags     int        // place before the hashtags at the end, len(clusters) if there are none
}

// position tells where a place is relative to the atoms.
type position uint8

const (
	outside position = iota
	before           // at the start of an atom
	within
)

// newLayout splits text, which is in NFC, as far as it is needed to cut it within limit.
func newLayout(text string, limit int) layout {
	rs := []rune(text)
	atoms := atomsOf(rs)
	l := layout{weights: []int{0}}
	i := 0
	for cluster := range twittertext.Clusters(text) {
		if l.weights[max(0, len(l.weights)-2)] > limit {
			break
		}
		n := utf8.RuneCountInString(cluster)
		where, weight := measure(rs[i:i+n], atomAt(atoms, i), i)
		l.clusters = append(l.clusters, cluster)
		l.atoms = append(l.atoms, where)
		l.weights = append(l.weights, l.weights[len(l.weights)-1]+weight)
		i += n
	}
	l.graded = make([]grade, len(l.clusters))
	l.tags = len(l.clusters)
	return l
}

// measure returns the position before a cluster and the weight of the cluster. It starts at code
// point i, in the atom a if that is not nil. The first cluster of an atom gets the weight of the
// whole atom if that is known.
func measure(cluster []rune, a *atom, i int) (where position, weight int) {
	switch {
	case a == nil:
		return outside, twittertext.ClusterWeight(cluster)
	case a.Start == i:
		where = before
	default:
		where = within
	}
	switch {
	case a.weight == 0:
		weight = twittertext.ClusterWeight(cluster)
	case where == before:
		weight = a.weight
	}
	return where, weight
}

// atom is a range that should not be cut: a hashtag, a mention or a URL.
type atom struct {
	twittertext.Span
	weight int // 0: that of its characters
}

// atomsOf returns the atoms of rs in order and without overlap.
func atomsOf(rs []rune) (atoms []atom) {
	for _, u := range twittertext.URLs(rs) {
		atoms = append(atoms, atom{u, twittertext.URLWeight})
	}
	urls := len(atoms)
	for _, tag := range append(twittertext.Hashtags(rs), names(rs)...) {
		if atomAt(atoms[:urls], tag.Start) == nil {
			atoms = append(atoms, atom{tag, 0})
		}
	}
	for i, r := range rs {
		if r == permalinkMark {
			mark := twittertext.Span{Start: i, End: i + 1}
			atoms = append(atoms, atom{mark, twittertext.URLWeight})
		}
	}
	sort.Slice(atoms, func(i, j int) bool { return atoms[i].Start < atoms[j].Start })
	return atoms
}

// names returns each @name, whether it was made plain or not, and each $NAME that was made plain.
func names(rs []rune) (found []twittertext.Span) {
	for i := range rs {
		end := i + 1
		if at(rs, end) == apart {
			end++
		}
		isName := rs[i] == '@' || rs[i] == '＠' || rs[i] == '$' && end > i+1
		if !isName || isWordRune(at(rs, i-1)) {
			continue
		}
		start := end
		if end = nameEnd(rs, start); end > start {
			found = append(found, twittertext.Span{Start: i, End: end})
		}
	}
	return found
}

func nameEnd(rs []rune, i int) int {
	for i < len(rs) && (isWordRune(rs[i]) || isNameDot(rs, i)) {
		i++
	}
	return i
}

// isNameDot reports whether rs[i] is a dot within a name, made plain or not.
func isNameDot(rs []rune, i int) bool {
	return (rs[i] == '.' || rs[i] == dotLeader) && isWordRune(at(rs, i+1))
}

// atomAt returns the atom that holds code point i, nil if none does.
func atomAt(atoms []atom, i int) *atom {
	k := sort.Search(len(atoms), func(k int) bool { return atoms[k].End > i })
	if k == len(atoms) || atoms[k].Start > i {
		return nil
	}
	return &atoms[k]
}

// indexOf returns the place before the cluster that begins at a byte of the text.
func (l *layout) indexOf(offset int) int {
	for i, c := range l.clusters {
		if offset <= 0 {
			return i
		}
		offset -= len(c)
	}
	return len(l.clusters)
}

// weight returns the weight of the clusters from i up to j.
func (l *layout) weight(i, j int) int { return l.weights[j] - l.weights[i] }

func (l *layout) text(i, j int) string { return strings.Join(l.clusters[i:j], "") }

// tagsFit reports whether a post from place from should end before the hashtags at the end of the
// text: they stay together if they fit into a post of their own.
func (l *layout) tagsFit(from, budget int) bool {
	end := len(l.clusters)
	return from < l.tags && l.tags < end &&
		l.weight(from, l.tags) <= budget && l.weight(l.tags, end) <= budget
}

// preferences are tried in turn: the last place of at least this grade that uses at least share per
// cent of the room. The end of a sentence is worth a quarter of the room; the end of any word is
// worth more than a broken word.
var preferences = []struct {
	grade grade
	share int
}{
	{sentence, 75}, {clause, 75}, {phrase, 60}, {soft, 60},
	{phrase, 0}, {soft, 0}, {hard, 0}, {bad, 0}, {inAtom, 0},
}

// cut returns the best place to cut after from, with at most budget between the two. It returns
// from if not even one cluster fits.
func (l *layout) cut(from, budget int) int {
	last := from + sort.Search(len(l.clusters)-from, func(i int) bool {
		return l.weight(from, from+i+1) > budget
	})
	if last == len(l.clusters) {
		return last
	}
	for _, p := range preferences {
		for i := last; i > from && l.weight(from, i)*100 >= p.share*budget; i-- {
			if l.grade(i) >= p.grade {
				return i
			}
		}
	}
	return from
}

// trimEnd moves place to back over white space and the characters of junk, but not past from.
func (l *layout) trimEnd(from, to int, junk string) int {
	for ; to > from; to-- {
		if last := l.clusters[to-1]; !isBlankCluster(last) && !strings.Contains(junk, last) {
			break
		}
	}
	return to
}

// trimStart moves place from past white space.
func (l *layout) trimStart(from int) int {
	for from < len(l.clusters) && isBlankCluster(l.clusters[from]) {
		from++
	}
	return from
}

func isBlankCluster(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return isBlank(r) && strings.TrimFunc(s, isBlank) == ""
}
