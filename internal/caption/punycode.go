package caption

import "slices"

// asciiLabelLen is the length of a host label in its ASCII form: itself, or "xn--" and its punycode. It gives up, with
// a length that no label may have, where the label is too long in any case.
// Source: RFC 3492 §6.3; twitter-text asks punycode.js for it, and that takes three more signs for dots.
func asciiLabelLen(label []rune) int {
	if len(label) > longestLabel {
		return len(label)
	}
	total := 0
	for i, part := range slices.Collect(splitFunc(label, isWideDot)) {
		if i > 0 {
			total++ // the dot
		}
		total += punycodeLen(part)
	}
	return total
}

func isWideDot(r rune) bool { return r == '。' || r == '．' || r == '｡' }

func splitDots(rs []rune) [][]rune {
	return slices.Collect(splitFunc(rs, func(r rune) bool { return r == '.' }))
}

// splitFunc yields the pieces of rs between the code points that are dots.
func splitFunc(rs []rune, isDot func(rune) bool) func(yield func([]rune) bool) {
	return func(yield func([]rune) bool) {
		for {
			i := slices.IndexFunc(rs, isDot)
			if i < 0 {
				yield(rs)
				return
			}
			if !yield(rs[:i]) {
				return
			}
			rs = rs[i+1:]
		}
	}
}

// The parameters of RFC 3492 §5.
const (
	punyBase, punyMin, punyMax   = 36, 1, 26
	punySkew, punyDamp           = 38, 700
	punyInitialBias, punyInitial = 72, 0x80
)

// punycodeLen counts what the encoder of RFC 3492 §6.3 would write.
func punycodeLen(label []rune) int {
	if !slices.ContainsFunc(label, func(r rune) bool { return r < ' ' || r > '~' }) {
		return len(label)
	}
	basic := 0
	for _, r := range label {
		if r < punyInitial {
			basic++
		}
	}
	length := len("xn--") + basic
	if basic > 0 {
		length++ // the hyphen that ends the ASCII letters
	}
	n, delta, bias, done := rune(punyInitial), 0, punyInitialBias, basic
	for done < len(label) {
		next := smallestFrom(label, n)
		delta += int(next-n) * (done + 1)
		n = next
		for _, r := range label {
			switch {
			case r < n:
				delta++
			case r == n:
				length += digitsLen(delta, bias)
				bias = adapt(delta, done+1, done == basic)
				delta = 0
				done++
			}
		}
		delta++
		n++
	}
	return length
}

func smallestFrom(label []rune, n rune) rune {
	least := rune(0x7FFFFFFF)
	for _, r := range label {
		if r >= n {
			least = min(least, r)
		}
	}
	return least
}

// digitsLen is how many digits the variable-length integer delta takes.
func digitsLen(delta, bias int) int {
	n := 1
	for k := punyBase; ; k += punyBase {
		t := min(max(k-bias, punyMin), punyMax)
		if delta < t {
			return n
		}
		delta = (delta - t) / (punyBase - t)
		n++
	}
}

func adapt(delta, points int, first bool) int {
	if first {
		delta /= punyDamp
	} else {
		delta /= 2
	}
	delta += delta / points
	k := 0
	for ; delta > (punyBase-punyMin)*punyMax/2; k += punyBase {
		delta /= punyBase - punyMin
	}
	return k + (punyBase-punyMin+1)*delta/(delta+punySkew)
}

// utf16Len is the length of rs in the units that twitter-text counts in.
func utf16Len(rs []rune) int {
	n := len(rs)
	for _, r := range rs {
		if r > 0xFFFF {
			n++
		}
	}
	return n
}
