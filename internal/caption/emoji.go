package caption

import (
	"slices"
	"sort"
	"strings"
	"sync"
)

// emojiLen is the number of code points of the emoji that starts at rs[i], 0 if none does. What X takes for one emoji is
// what twemoji-parser 11.0.2 matches, and that is older than today's Unicode: a sequence it does not know counts as its
// pieces. The order of the steps is that of its alternatives, so the longest reading wins where it does there.
// Source: https://github.com/twitter/twemoji-parser, the version twitter-text 3.1.0 asks for, read 2026-11-23.
func emojiLen(rs []rune, i int) int {
	r := rs[i]
	if r < '#' || '9' < r && r < '©' || '®' < r && r < 0x2000 || 0x3400 <= r && r < 0xE000 {
		return 0 // no emoji here; most text is
	}
	if r == variation16 {
		return 1
	}
	if r < 0x80 {
		return keycapLen(rs, i)
	}
	kind := emojiKindOf(r)
	for _, step := range []func([]rune, int, emojiKind) int{genderedLen, sequenceLen, singleLen} {
		if n := step(rs, i, kind); n > 0 {
			return n
		}
	}
	return 0
}

const (
	joiner      = 0x200D
	keycap      = 0x20E3
	variation15 = 0xFE0E // asks for the text form
	variation16 = 0xFE0F // asks for the emoji form
)

// at is rs[i], 0 past the end.
func at(rs []rune, i int) rune {
	if i < 0 || i >= len(rs) {
		return 0
	}
	return rs[i]
}

func isSkin(r rune) bool { return 0x1F3FB <= r && r <= 0x1F3FF }

// keycapLen: #, * or a digit, perhaps U+FE0F, then the enclosing keycap.
func keycapLen(rs []rune, i int) int {
	if r := rs[i]; r != '#' && r != '*' && (r < '0' || r > '9') {
		return 0
	}
	n := 1
	if at(rs, i+n) == variation16 {
		n++
	}
	if at(rs, i+n) == keycap {
		return n + 1
	}
	return 0
}

// genderedLen: a person with a profession, or anything human with a gender sign; a skin tone may stand between.
func genderedLen(rs []rune, i int, kind emojiKind) int {
	if kind&(takesJob|takesGender|takesBoth) == 0 {
		return 0
	}
	n := 1
	switch {
	case isSkin(at(rs, i+n)), kind&takesBoth != 0 && at(rs, i+n) == variation16:
		n++
	case kind&takesBoth != 0:
		return 0
	}
	if at(rs, i+n) != joiner {
		return 0
	}
	sign, after := at(rs, i+n+1), at(rs, i+n+2)
	if kind&takesJob == 0 {
		if (sign == '♀' || sign == '♂') && after == variation16 {
			return n + 3
		}
		return 0
	}
	if (sign == '⚕' || sign == '⚖' || sign == '✈') && after == variation16 {
		return n + 3
	}
	if slices.Contains(professions, sign) {
		return n + 2
	}
	return 0
}

var professions = []rune{
	0x1F33E, 0x1F373, 0x1F393, 0x1F3A4, 0x1F3A8, 0x1F3EB, 0x1F3ED, 0x1F4BB, 0x1F4BC, 0x1F527, 0x1F52C, 0x1F680, 0x1F692,
	0x1F9B0, 0x1F9B1, 0x1F9B2, 0x1F9B3, // hair
}

// sequenceLen: one of the sequences that are listed one by one.
func sequenceLen(rs []rune, i int, _ emojiKind) int {
	for _, seq := range sequences()[rs[i]] {
		if i+len(seq) <= len(rs) && slices.Equal(rs[i:i+len(seq)], seq) {
			return len(seq)
		}
	}
	return 0
}

// sequences are by their first code point, the longest first.
var sequences = sync.OnceValue(readSequences)

func readSequences() map[rune][][]rune {
	people := strings.NewReplacer("M", "\U0001F468", "W", "\U0001F469", "B", "\U0001F466", "G", "\U0001F467",
		"H", "\u2764\uFE0F", "K", "\U0001F48B", "-", "\u200D")
	by := map[rune][][]rune{}
	for _, s := range append(strings.Fields(people.Replace(families)), otherSequences...) {
		rs := []rune(s)
		by[rs[0]] = append(by[rs[0]], rs)
	}
	for first := rune(0x1F1E6); first <= 0x1F1FF; first++ {
		for _, second := range flags[first-0x1F1E6] {
			by[first] = append(by[first], []rune{first, 0x1F1E6 + second - 'A'})
		}
	}
	return by
}

// families: man, woman, boy, girl, heart, kiss. Never a skin tone, and never a woman before a man.
const families = `
M-H-K-M M-M-B-B M-M-G-B M-M-G-G M-W-B-B M-W-G-B M-W-G-G W-H-K-M W-H-K-W W-W-B-B W-W-G-B W-W-G-G
M-H-M M-B-B M-G-B M-G-G M-M-B M-M-G M-W-B M-W-G W-H-M W-H-W W-B-B W-G-B W-G-G W-W-B W-W-G
M-B M-G W-B W-G
`

var otherSequences = []string{
	"\U0001F3F3\uFE0F\u200D\U0001F308",                                       // rainbow flag
	"\U0001F3F4\u200D\u2620\uFE0F",                                           // pirate flag
	"\U0001F3F4\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F", // England
	"\U0001F3F4\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F", // Scotland
	"\U0001F3F4\U000E0067\U000E0062\U000E0077\U000E006C\U000E0073\U000E007F", // Wales
	"\U0001F441\u200D\U0001F5E8",                                             // eye in a speech bubble
	"\U0001F46F\u200D\u2640\uFE0F", "\U0001F46F\u200D\u2642\uFE0F",           // dancers with ears
	"\U0001F93C\u200D\u2640\uFE0F", "\U0001F93C\u200D\u2642\uFE0F", // wrestlers
	"\U0001F9DE\u200D\u2640\uFE0F", "\U0001F9DE\u200D\u2642\uFE0F", // genies
	"\U0001F9DF\u200D\u2640\uFE0F", "\U0001F9DF\u200D\u2642\uFE0F", // zombies
}

// flags are the second letters of the country flags, by the first.
var flags = [26]string{
	"CDEFGILMOQRSTUWXZ", "ABDEFGHIJLMNOQRSTVWYZ", "ACDFGHIKLMNOPRUVWXYZ", "EGJKMOZ", "ACEGHRSTU",
	"IJKMOR", "ABDEFGHILMNPQRSTUWY", "KMNRTU", "CDELMNOQRST", "EMOP",
	"EGHIMNPRWYZ", "ABCIKRSTUVY", "ACDEFGHKLMNOPQRSTUVWXYZ", "ACEFGILOPRUZ", "M",
	"AEFGHKLMNRSTWY", "A", "EOSUW", "ABCDEGHIJKLMNORSTVXYZ", "ACDFGHJKLMNORTVWZ",
	"AGMNSYZ", "ACEGINU", "FS", "K", "ET",
	"AMW",
}

// singleLen: one code point, with the variation and the skin tone that belong to it.
func singleLen(rs []rune, i int, kind emojiKind) int {
	n, next := 1, at(rs, i+1)
	switch {
	case kind == 0, kind&onlyVariant != 0 && next != variation16, kind&variant != 0 && next == variation15:
		return 0
	case kind&(variant|onlyVariant) != 0 && next == variation16:
		n++
	}
	if kind&tinted != 0 && isSkin(at(rs, i+n)) {
		n++
	}
	return n
}

// emojiKind says what may follow an emoji and still belong to it.
type emojiKind uint8

const (
	lone        emojiKind = 1 << iota // an emoji by itself
	variant                           // U+FE0F belongs to it, and before U+FE0E it is none
	onlyVariant                       // it is an emoji before U+FE0F only
	tinted                            // takes a skin tone
	takesGender                       // takes a gender sign
	takesBoth                         // takes a gender sign after a skin tone or U+FE0F only
	takesJob                          // takes a profession

	tintedVariant = tinted | variant
	gendered      = tinted | takesGender
	sporting      = tinted | variant | takesBoth
	person        = tinted | takesJob
)

func emojiKindOf(r rune) emojiKind {
	i := sort.Search(len(emojis), func(i int) bool { return emojis[i].last >= r })
	if i == len(emojis) || emojis[i].first > r {
		return 0
	}
	return emojis[i].kind
}

var emojis = []struct {
	first, last rune
	kind        emojiKind
}{
	{0xA9, 0xA9, onlyVariant}, {0xAE, 0xAE, onlyVariant}, {0x203C, 0x203C, variant}, {0x2049, 0x2049, variant},
	{0x2122, 0x2122, onlyVariant}, {0x2139, 0x2139, variant}, {0x2194, 0x2199, variant},
	{0x21A9, 0x21AA, variant}, {0x231A, 0x231B, variant}, {0x2328, 0x2328, variant}, {0x23CF, 0x23CF, variant},
	{0x23E9, 0x23EC, lone}, {0x23ED, 0x23EF, variant}, {0x23F0, 0x23F0, lone}, {0x23F1, 0x23F2, variant},
	{0x23F3, 0x23F3, lone}, {0x23F8, 0x23FA, variant}, {0x24C2, 0x24C2, variant}, {0x25AA, 0x25AB, variant},
	{0x25B6, 0x25B6, variant}, {0x25C0, 0x25C0, variant}, {0x25FB, 0x25FE, variant}, {0x2600, 0x2604, variant},
	{0x260E, 0x260E, variant}, {0x2611, 0x2611, variant}, {0x2614, 0x2615, variant}, {0x2618, 0x2618, variant},
	{0x261D, 0x261D, tintedVariant}, {0x2620, 0x2620, variant}, {0x2622, 0x2623, variant},
	{0x2626, 0x2626, variant}, {0x262A, 0x262A, variant}, {0x262E, 0x262F, variant}, {0x2638, 0x263A, variant},
	{0x2640, 0x2640, variant}, {0x2642, 0x2642, variant}, {0x2648, 0x2653, variant},
	{0x265F, 0x265F, onlyVariant}, {0x2660, 0x2660, variant}, {0x2663, 0x2663, variant},
	{0x2665, 0x2666, variant}, {0x2668, 0x2668, variant}, {0x267B, 0x267B, variant}, {0x267E, 0x267E, lone},
	{0x267F, 0x267F, variant}, {0x2692, 0x2697, variant}, {0x2699, 0x2699, variant}, {0x269B, 0x269C, variant},
	{0x26A0, 0x26A1, variant}, {0x26AA, 0x26AB, variant}, {0x26B0, 0x26B1, variant}, {0x26BD, 0x26BE, variant},
	{0x26C4, 0x26C5, variant}, {0x26C8, 0x26C8, variant}, {0x26CE, 0x26CE, lone}, {0x26CF, 0x26CF, variant},
	{0x26D1, 0x26D1, variant}, {0x26D3, 0x26D4, variant}, {0x26E9, 0x26EA, variant}, {0x26F0, 0x26F5, variant},
	{0x26F7, 0x26F7, tintedVariant}, {0x26F8, 0x26F8, variant}, {0x26F9, 0x26F9, sporting},
	{0x26FA, 0x26FA, variant}, {0x26FD, 0x26FD, variant}, {0x2702, 0x2702, variant}, {0x2705, 0x2705, lone},
	{0x2708, 0x2709, variant}, {0x270A, 0x270B, tinted}, {0x270C, 0x270D, tintedVariant},
	{0x270F, 0x270F, variant}, {0x2712, 0x2712, variant}, {0x2714, 0x2714, variant}, {0x2716, 0x2716, variant},
	{0x271D, 0x271D, variant}, {0x2721, 0x2721, variant}, {0x2728, 0x2728, lone}, {0x2733, 0x2734, variant},
	{0x2744, 0x2744, variant}, {0x2747, 0x2747, variant}, {0x274C, 0x274C, lone}, {0x274E, 0x274E, lone},
	{0x2753, 0x2755, lone}, {0x2757, 0x2757, variant}, {0x2763, 0x2764, variant}, {0x2795, 0x2797, lone},
	{0x27A1, 0x27A1, variant}, {0x27B0, 0x27B0, lone}, {0x27BF, 0x27BF, lone}, {0x2934, 0x2935, variant},
	{0x2B05, 0x2B07, variant}, {0x2B1B, 0x2B1C, variant}, {0x2B50, 0x2B50, variant}, {0x2B55, 0x2B55, variant},
	{0x3030, 0x3030, variant}, {0x303D, 0x303D, variant}, {0x3297, 0x3297, variant}, {0x3299, 0x3299, variant},
	{0xE50A, 0xE50A, lone}, {0x1F004, 0x1F004, variant}, {0x1F0CF, 0x1F0CF, lone}, {0x1F170, 0x1F171, variant},
	{0x1F17E, 0x1F17F, variant}, {0x1F18E, 0x1F18E, lone}, {0x1F191, 0x1F19A, lone}, {0x1F1E6, 0x1F1FF, lone},
	{0x1F201, 0x1F201, lone}, {0x1F202, 0x1F202, variant}, {0x1F21A, 0x1F21A, variant},
	{0x1F22F, 0x1F22F, variant}, {0x1F232, 0x1F236, lone}, {0x1F237, 0x1F237, variant},
	{0x1F238, 0x1F23A, lone}, {0x1F250, 0x1F251, lone}, {0x1F300, 0x1F320, lone}, {0x1F321, 0x1F321, variant},
	{0x1F324, 0x1F32C, variant}, {0x1F32D, 0x1F335, lone}, {0x1F336, 0x1F336, variant},
	{0x1F337, 0x1F37C, lone}, {0x1F37D, 0x1F37D, variant}, {0x1F37E, 0x1F384, lone}, {0x1F385, 0x1F385, tinted},
	{0x1F386, 0x1F393, lone}, {0x1F396, 0x1F397, variant}, {0x1F399, 0x1F39B, variant},
	{0x1F39E, 0x1F39F, variant}, {0x1F3A0, 0x1F3C1, lone}, {0x1F3C2, 0x1F3C2, tinted},
	{0x1F3C3, 0x1F3C4, gendered}, {0x1F3C5, 0x1F3C6, lone}, {0x1F3C7, 0x1F3C7, tinted},
	{0x1F3C8, 0x1F3C9, lone}, {0x1F3CA, 0x1F3CA, gendered}, {0x1F3CB, 0x1F3CC, sporting},
	{0x1F3CD, 0x1F3CE, variant}, {0x1F3CF, 0x1F3D3, lone}, {0x1F3D4, 0x1F3DF, variant},
	{0x1F3E0, 0x1F3F0, lone}, {0x1F3F3, 0x1F3F3, variant}, {0x1F3F4, 0x1F3F4, lone},
	{0x1F3F5, 0x1F3F5, variant}, {0x1F3F7, 0x1F3F7, variant}, {0x1F3F8, 0x1F43E, lone},
	{0x1F43F, 0x1F43F, variant}, {0x1F440, 0x1F440, lone}, {0x1F441, 0x1F441, variant},
	{0x1F442, 0x1F443, tinted}, {0x1F444, 0x1F445, lone}, {0x1F446, 0x1F450, tinted}, {0x1F451, 0x1F465, lone},
	{0x1F466, 0x1F467, tinted}, {0x1F468, 0x1F469, person}, {0x1F46A, 0x1F46D, lone},
	{0x1F46E, 0x1F46E, gendered}, {0x1F46F, 0x1F46F, lone}, {0x1F470, 0x1F470, tinted},
	{0x1F471, 0x1F471, gendered}, {0x1F472, 0x1F472, tinted}, {0x1F473, 0x1F473, gendered},
	{0x1F474, 0x1F476, tinted}, {0x1F477, 0x1F477, gendered}, {0x1F478, 0x1F478, tinted},
	{0x1F479, 0x1F47B, lone}, {0x1F47C, 0x1F47C, tinted}, {0x1F47D, 0x1F480, lone},
	{0x1F481, 0x1F482, gendered}, {0x1F483, 0x1F483, tinted}, {0x1F484, 0x1F484, lone},
	{0x1F485, 0x1F485, tinted}, {0x1F486, 0x1F487, gendered}, {0x1F488, 0x1F4A9, lone},
	{0x1F4AA, 0x1F4AA, tinted}, {0x1F4AB, 0x1F4FC, lone}, {0x1F4FD, 0x1F4FD, variant}, {0x1F4FF, 0x1F53D, lone},
	{0x1F549, 0x1F54A, variant}, {0x1F54B, 0x1F54E, lone}, {0x1F550, 0x1F567, lone},
	{0x1F56F, 0x1F570, variant}, {0x1F573, 0x1F573, variant}, {0x1F574, 0x1F575, sporting},
	{0x1F576, 0x1F579, variant}, {0x1F57A, 0x1F57A, tinted}, {0x1F587, 0x1F587, variant},
	{0x1F58A, 0x1F58D, variant}, {0x1F590, 0x1F590, tintedVariant}, {0x1F595, 0x1F596, tinted},
	{0x1F5A4, 0x1F5A4, lone}, {0x1F5A5, 0x1F5A5, variant}, {0x1F5A8, 0x1F5A8, variant},
	{0x1F5B1, 0x1F5B2, variant}, {0x1F5BC, 0x1F5BC, variant}, {0x1F5C2, 0x1F5C4, variant},
	{0x1F5D1, 0x1F5D3, variant}, {0x1F5DC, 0x1F5DE, variant}, {0x1F5E1, 0x1F5E1, variant},
	{0x1F5E3, 0x1F5E3, variant}, {0x1F5E8, 0x1F5E8, variant}, {0x1F5EF, 0x1F5EF, variant},
	{0x1F5F3, 0x1F5F3, variant}, {0x1F5FA, 0x1F5FA, variant}, {0x1F5FB, 0x1F644, lone},
	{0x1F645, 0x1F647, gendered}, {0x1F648, 0x1F64A, lone}, {0x1F64B, 0x1F64B, gendered},
	{0x1F64C, 0x1F64C, tinted}, {0x1F64D, 0x1F64E, gendered}, {0x1F64F, 0x1F64F, tinted},
	{0x1F680, 0x1F6A2, lone}, {0x1F6A3, 0x1F6A3, gendered}, {0x1F6A4, 0x1F6B3, lone},
	{0x1F6B4, 0x1F6B6, gendered}, {0x1F6B7, 0x1F6BF, lone}, {0x1F6C0, 0x1F6C0, tinted},
	{0x1F6C1, 0x1F6C5, lone}, {0x1F6CB, 0x1F6CB, variant}, {0x1F6CC, 0x1F6CC, tinted},
	{0x1F6CD, 0x1F6CF, variant}, {0x1F6D0, 0x1F6D2, lone}, {0x1F6E0, 0x1F6E5, variant},
	{0x1F6E9, 0x1F6E9, variant}, {0x1F6EB, 0x1F6EC, lone}, {0x1F6F0, 0x1F6F0, variant},
	{0x1F6F3, 0x1F6F3, variant}, {0x1F6F4, 0x1F6F9, lone}, {0x1F910, 0x1F917, lone}, {0x1F918, 0x1F91C, tinted},
	{0x1F91D, 0x1F91D, lone}, {0x1F91E, 0x1F91F, tinted}, {0x1F920, 0x1F925, lone},
	{0x1F926, 0x1F926, gendered}, {0x1F927, 0x1F92F, lone}, {0x1F930, 0x1F934, tinted},
	{0x1F935, 0x1F935, gendered}, {0x1F936, 0x1F936, tinted}, {0x1F937, 0x1F939, gendered},
	{0x1F93A, 0x1F93A, lone}, {0x1F93C, 0x1F93C, lone}, {0x1F93D, 0x1F93E, gendered}, {0x1F940, 0x1F945, lone},
	{0x1F947, 0x1F970, lone}, {0x1F973, 0x1F976, lone}, {0x1F97A, 0x1F97A, lone}, {0x1F97C, 0x1F9A2, lone},
	{0x1F9B4, 0x1F9B4, lone}, {0x1F9B5, 0x1F9B6, tinted}, {0x1F9B7, 0x1F9B7, lone},
	{0x1F9B8, 0x1F9B9, gendered}, {0x1F9C0, 0x1F9C2, lone}, {0x1F9D0, 0x1F9D0, lone},
	{0x1F9D1, 0x1F9D5, tinted}, {0x1F9D6, 0x1F9DD, gendered}, {0x1F9DE, 0x1F9FF, lone},
}
