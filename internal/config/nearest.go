package config

import "strings"

// Nearest returns the candidate that name is most likely a typing error of, or "" if none is near.
func Nearest(name string, candidates []string) string {
	if len(name) > 60 {
		return ""
	}
	name = plainName(name)
	best, least := "", 2+len(name)/3
	for _, c := range candidates {
		if n := distance(name, plainName(c)); n < least {
			best, least = c, n
		}
	}
	return best
}

// plainName folds the spellings of one name: "Max-Length" and "maxlength" mean max_length.
func plainName(s string) string {
	return strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(s))
}

// distance counts the letters to insert, delete or change to turn a into b (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1) // distances from the part of a that was read to each prefix of b
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
