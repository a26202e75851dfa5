package llm

// EstimateTokens is roughly how many tokens a text has, without a vocabulary: what English and code take, and one for each
// character of scripts that take more.
func EstimateTokens(text string) int {
	ascii, other := 0, 0
	for _, r := range text {
		if r < 0x250 {
			ascii++
		} else {
			other++
		}
	}
	return (ascii+3)/4 + other
}
