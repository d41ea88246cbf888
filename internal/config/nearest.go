package config

import "strings"

// nearest is the candidate that name is most likely a slip of the keyboard for, "" if none is near.
func nearest(name string, candidates []string) string {
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

// plainName is a name as compared: "Max-Length", "maxlength" and max_length are one.
func plainName(s string) string {
	return strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(s))
}

// distance counts the letters to put in, take out or change to make b of a (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1) // from a's letters so far to each beginning of b
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

// elsewhere is the path of the key or mapping called name among paths, "" if there is none.
func elsewhere(name string, paths []string) string {
	for _, path := range paths {
		if before, _, found := strings.Cut("."+path+".", "."+name+"."); found {
			return strings.TrimPrefix(before+"."+name, ".")
		}
	}
	return ""
}
