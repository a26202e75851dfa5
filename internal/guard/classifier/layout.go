package classifier

// layout is what kind of document a text is and where its first and last lines end:
// an instruction that does not belong to a document stands mostly at its edges.
type layout struct {
	kind     docKind
	lastLine int32
	tokens   int
}

type docKind uint8

const (
	docPlain docKind = iota
	docLong
	docTable
	docMail
	docCode
	docMarkup
)

// The least tokens for which a text is a document and not a message.
const docTokens = 40

var (
	pipeHash    = hashString("|")
	mailWords   = [...]uint32{hashString("subject"), hashString("regards"), hashString("sincerely"), hashString("unsubscribe"), hashString("email_from"), hashString("cc"), hashString("inbox")}
	codeSigns   = [...]uint32{hashString("();"), hashString("()"), hashString("={"), hashString("):"), hashString("=="), hashString("="), hashString("{"), hashString("};"), hashString("```")}
	markupSigns = [...]uint32{hashString("</"), hashString("<"), hashString("/>"), hashString("><"), hashString("></")}
)

func newLayout(tokens []token) layout {
	doc := layout{tokens: len(tokens)}
	if len(tokens) < docTokens {
		return doc
	}
	doc.kind = docLong
	doc.lastLine = tokens[len(tokens)-1].line
	pipes, mails, codes, markups := 0, 0, 0, 0
	for i := range tokens {
		t := &tokens[i]
		if t.kind == signToken {
			switch {
			case t.hash == pipeHash:
				pipes++
			case contains(markupSigns[:], t.hash):
				markups++
			case contains(codeSigns[:], t.hash):
				codes++
			}
			continue
		}
		if contains(mailWords[:], t.hash) {
			mails++
		}
	}
	switch n := len(tokens); {
	case 12*pipes > n:
		doc.kind = docTable
	case 25*markups > n:
		doc.kind = docMarkup
	case 20*codes > n:
		doc.kind = docCode
	case mails >= 2:
		doc.kind = docMail
	}
	return doc
}

func contains(list []uint32, h uint32) bool {
	for _, e := range list {
		if e == h {
			return true
		}
	}
	return false
}

// features adds how the first and the last line of a document begin.
func (d layout) features(f *features, tokens []token) {
	if d.kind == docPlain || len(tokens) == 0 {
		return
	}
	kind := uint32(d.kind) << 24
	f.add(famShape, kind)
	if d.lastLine == 0 {
		return
	}
	lastFirst := true
	for i := range tokens {
		t := &tokens[i]
		if t.kind == signToken {
			continue
		}
		switch {
		case t.line == 0 && t.first:
			f.edge(kind, 1, t)
		case t.line == d.lastLine && t.first:
			f.edge(kind, 2, t)
			if lastFirst {
				f.edge(kind, 3, t)
				lastFirst = false
			}
		}
	}
}

func (f *features) edge(kind, where uint32, t *token) {
	f.add(famEdge, where<<4+pair(kind, t.hash))
	f.add(famEdge, where<<4+pair(uint32(docLong), t.hash))
	if t.concept != noConcept {
		f.add(famEdge, where<<4+pair(kind, uint32(t.concept))+1)
	}
}
