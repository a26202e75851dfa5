package views

// foldFrom is how long a document must be, in bytes, for folding to be of any use.
const foldFrom = 120

// folds tells whether the text is drawn as a document that folds: marks stand on the text as it was sent.
func (p part) folds() bool {
	return p.tree != nil && len(p.passage.Spans) == 0
}
