package caption

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

func isASCIILetter(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }

func isASCIIAlnum(r rune) bool { return isDigit(r) || isASCIILetter(r) }

// isWordRune reports whether r may be part of a name on X or Instagram.
func isWordRune(r rune) bool { return isASCIIAlnum(r) || r == '_' }

// at returns rs[i], 0 outside of rs.
func at(rs []rune, i int) rune {
	if i < 0 || i >= len(rs) {
		return 0
	}
	return rs[i]
}
