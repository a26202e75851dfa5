package views

// decisionsSummary says how much of the record the page shows.
func decisionsSummary(p DecisionsPage) string {
	if len(p.Rows) < p.Limit || len(p.Rows) == 0 {
		return ""
	}
	return "The latest " + count(len(p.Rows)) + "; the export has all"
}

// looked writes how long a reviewer looked; 0 means that nobody measured.
func looked(ms int64) string {
	if ms == 0 {
		return "–"
	}
	return seconds(ms)
}
