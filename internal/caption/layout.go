package caption

import (
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// layout is a text taken apart into grapheme clusters, with what is needed to cut it between them. Index i is the place
// before cluster i, so 0 is the start and len(clusters) the end.
type layout struct {
	clusters []string
	weights  []int   // of all clusters before the place
	atoms    []place // how the place stands to the atoms
	graded   []grade // see grade
	tags     int     // where the hashtags at the end begin, len(clusters) if there are none
}

// place says how a place stands to the stretches that should not be cut.
type place uint8

const (
	outside place = iota
	before        // at the start of an atom
	within
)

// longestCluster is where a pile of combining marks is no letter any more: a longer cluster may be cut, or nothing would
// keep a text of one letter and 300 marks within the limit. The longest emoji have 10 code points.
const longestCluster = 32

// lay takes text in NFC apart, as far as one needs to know where to cut it within limit.
func lay(text string, limit int) layout {
	rs := []rune(text)
	atoms := atomsOf(rs)
	l := layout{weights: []int{0}}
	state := -1
	for i := 0; text != "" && l.weights[max(0, len(l.weights)-2)] <= limit; {
		var cluster string
		cluster, text, state = firstCluster(text, state)
		n := utf8.RuneCountInString(cluster)
		where, weight := l.measure(rs[i:i+n], atomAt(atoms, i), i)
		l.clusters = append(l.clusters, cluster)
		l.atoms = append(l.atoms, where)
		l.weights = append(l.weights, l.weights[len(l.weights)-1]+weight)
		i += n
	}
	l.graded = make([]grade, len(l.clusters))
	l.tags = len(l.clusters)
	return l
}

// measure gives the place before a cluster and its weight. It starts at code point i, in the atom a if that is not nil; the
// weight of an atom that has one of its own goes to its first cluster.
func (l *layout) measure(cluster []rune, a *atom, i int) (where place, weight int) {
	switch {
	case a == nil:
		return outside, weighCluster(cluster)
	case a.start == i:
		where = before
	default:
		where = within
	}
	switch {
	case a.weight == 0:
		weight = weighCluster(cluster)
	case where == before:
		weight = a.weight
	}
	return where, weight
}

// firstCluster splits a cluster off, or the first code points of one that is too long.
func firstCluster(text string, state int) (cluster, rest string, _ int) {
	if r, n := utf8.DecodeRuneInString(text); standsAlone(r) {
		if next, _ := utf8.DecodeRuneInString(text[n:]); n == len(text) || standsAlone(next) {
			return text[:n], text[n:], -1
		}
	}
	cluster, rest, _, next := uniseg.FirstGraphemeClusterInString(text, state)
	if len(cluster) <= longestCluster {
		return cluster, rest, next
	}
	n := 0
	for at := range cluster {
		if n == longestCluster {
			return cluster[:at], text[at:], -1
		}
		n++
	}
	return cluster, rest, next
}

// standsAlone: two such characters side by side are two clusters. They are most of what is written in Latin, Chinese,
// Japanese and Korean, and need no look into the tables.
func standsAlone(r rune) bool {
	switch {
	case ' ' <= r && r <= '~', r == '\n', 0x3001 <= r && r <= 0x3002, 0x3041 <= r && r <= 0x3096, 0x30A1 <= r && r <= 0x30FC,
		0x4E00 <= r && r <= 0x9FFF, 0xAC00 <= r && r <= 0xD7A3:
		return true
	}
	return false
}

// weighCluster is the weight of a cluster on its own. In rare texts the whole weighs less than its clusters: two flags
// that share a letter. Who cuts weighs the result again.
func weighCluster(rs []rune) int {
	if len(rs) == 1 {
		if r := rs[0]; r < 0x2000 || 0x3041 <= r && r <= 0x3096 || 0x4E00 <= r && r <= 0x9FFF {
			return runeWeight(r)
		}
	}
	total := 0
	for i := 0; i < len(rs); {
		if n := emojiLen(rs, i); n > 0 {
			total, i = total+emojiWeight, i+n
			continue
		}
		total, i = total+runeWeight(rs[i]), i+1
	}
	return total
}

// atom is a stretch that should not be cut: a hashtag, a mention, an address.
type atom struct {
	span
	weight int // 0: that of its characters
}

// atomsOf finds them in order and without overlap.
func atomsOf(rs []rune) (atoms []atom) {
	for _, u := range urls(rs) {
		atoms = append(atoms, atom{u, urlWeight})
	}
	taken := len(atoms)
	for _, tag := range append(hashtags(rs), names(rs)...) {
		if atomAt(atoms[:taken], tag.start) == nil {
			atoms = append(atoms, atom{tag, 0})
		}
	}
	for i, r := range rs {
		if r == permalink {
			atoms = append(atoms, atom{span{i, i + 1}, urlWeight})
		}
	}
	sort.Slice(atoms, func(i, j int) bool { return atoms[i].start < atoms[j].start })
	return atoms
}

// names finds @name, taken apart or not, and $NAME taken apart.
func names(rs []rune) (found []span) {
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
		for end < len(rs) && (isWordRune(rs[end]) || (rs[end] == '.' || rs[end] == dotLeader) && isWordRune(at(rs, end+1))) {
			end++
		}
		if end > start {
			found = append(found, span{i, end})
		}
	}
	return found
}

// atomAt is the atom that holds code point i, nil if none does.
func atomAt(atoms []atom, i int) *atom {
	k := sort.Search(len(atoms), func(k int) bool { return atoms[k].end > i })
	if k == len(atoms) || atoms[k].start > i {
		return nil
	}
	return &atoms[k]
}

// grade grades the place before cluster i, once: most places are never asked for.
func (l *layout) grade(i int) grade {
	if l.graded[i] == ungraded {
		l.graded[i] = l.gradeAt(i)
	}
	return l.graded[i]
}

func (l *layout) gradeAt(i int) grade {
	if l.atoms[i] == within {
		return inAtom
	}
	// The letter or the emoji counts, not the marks after it.
	last, _ := utf8.DecodeRuneInString(l.clusters[i-1])
	next, _ := utf8.DecodeRuneInString(l.clusters[i])
	spaced := classOf(last) == space || classOf(next) == space
	g := between(last, next)
	switch {
	case last == '\n' || next == '\n':
		return sentence
	case classOf(last) == space && mayNotStart(next):
		return soft
	case spaced:
		g = phrase
	case g == bad:
		return bad
	case l.atoms[i] == before:
		g = max(g, phrase)
	}
	return max(g, l.endAt(i, spaced))
}

// endAt says whether a sentence or a clause ends before cluster i.
func (l *layout) endAt(i int, spaced bool) grade {
	after, _ := utf8.DecodeRuneInString(l.clusters[i])
	i--
	for i > 0 && isBlankCluster(l.clusters[i]) {
		i--
	}
	g := inAtom
	if r, _ := utf8.DecodeRuneInString(l.clusters[i]); isLetter(r) {
		return g
	}
	for ; i > 0 && isClosingBracket(l.clusters[i]); i-- {
		g = clause
	}
	r, n := utf8.DecodeLastRuneInString(l.clusters[i])
	if n != len(l.clusters[i]) {
		return g
	}
	if r < 0x80 && !spaced && !isCJK(classOf(after)) {
		return g // as in 1,000 and example.com
	}
	switch {
	case strings.ContainsRune(endsSentences, r), r == '.' && spaced:
		return sentence
	case strings.ContainsRune(endsClauses, r):
		return max(g, clause)
	}
	return g
}

func isClosingBracket(cluster string) bool {
	return strings.Contains("）］｝〕〉》」』】〙〗｣’”)]}\"'", cluster)
}

// weight is that of the clusters from i up to j.
func (l *layout) weight(i, j int) int { return l.weights[j] - l.weights[i] }

func (l *layout) text(i, j int) string { return strings.Join(l.clusters[i:j], "") }

// preferences are tried in turn: the last place of at least this grade that leaves at least so many per cent of the room
// in use. A sentence's end is worth a quarter of the room, any word's end is worth more than a broken word.
var preferences = []struct {
	grade grade
	share int
}{
	{sentence, 75}, {clause, 75}, {phrase, 60}, {soft, 60}, {phrase, 0}, {soft, 0}, {hard, 0}, {bad, 0}, {inAtom, 0},
}

// cut is the best place after from with at most budget between them, from itself if not one cluster fits.
func (l *layout) cut(from, budget int) int {
	last := from + sort.Search(len(l.clusters)-from, func(i int) bool { return l.weight(from, from+i+1) > budget })
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

// trimEnd moves the place to before what should not stand at the end of a text between from and to.
func (l *layout) trimEnd(from, to int, junk string) int {
	for to > from && (isBlankCluster(l.clusters[to-1]) || strings.Contains(junk, l.clusters[to-1])) {
		to--
	}
	return to
}

// trimStart moves the place past white space.
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
