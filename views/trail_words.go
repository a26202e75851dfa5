package views

// trailFormatName is how programs that read it call a format.
func trailFormatName(format string) string {
	switch format {
	case "jsonl":
		return "JSON Lines"
	case "cef":
		return "CEF"
	case "ocsf":
		return "OCSF"
	}
	return format
}
