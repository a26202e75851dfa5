package textview

// Spaceless tells the scripts that set no spaces between words: in them words are told by their characters.
func Spaceless(r rune) bool {
	switch {
	case r < 0x0E00:
		return false
	case r <= 0x0EFF: // Thai, Lao
		return true
	case r >= 0x1000 && r <= 0x109F, r >= 0x1780 && r <= 0x17FF: // Burmese, Khmer
		return true
	case r >= 0x3041 && r <= 0x30FF, r >= 0x3400 && r <= 0x9FFF, r >= 0xF900 && r <= 0xFAFF: // kana, Han
		return true
	default:
		return r >= 0x20000 && r <= 0x323AF
	}
}
