package storybook

import "github.com/guardroom/guardroom/views"

// reference is the API as a developer reads it.
func (s stories) reference() []Story {
	field := views.SchemaField{Name: "external_id", Type: "string", Description: "Your own id; at most 256 bytes"}
	finding := views.SchemaField{Name: "findings", Type: "Finding[]", Schema: "Finding", Required: true, Description: "What detectors saw"}
	return []Story{{"reference", views.Reference(views.ReferencePage{
		Assets: s.assets, Description: "Every call carries the key of an App; it sees that App alone.", Document: "/api/openapi.json",
		Groups: []views.OperationGroup{{Name: "Interactions", Description: "What applications post", Operations: []views.Operation{
			{ID: "submitInteraction", Method: "POST", Path: "/api/v1/interactions", Summary: "Post one exchange with a model", BodySchema: "Submission",
				Parameters: []views.SchemaField{{Name: "redactions", In: "query", Type: "string", Limits: "map"}},
				Curl:       "curl -sS \"$URL/api/v1/interactions\" \\\n  -H \"Authorization: Bearer $KEY\" -H 'Content-Type: application/json' \\\n  -d '{\"prompt\":\"Hello\",\"response\":\"Good morning. How can I help you with your order today?\"}'",
				Answers: []views.OperationAnswer{
					{Status: "201", Description: "It was stored", Schema: "Submission", Example: "{\n  \"verdict\": \"block\"\n}"},
					{Status: "401", Description: "The key is missing, wrong or revoked"},
				}},
			{ID: "endWebhook", Method: "DELETE", Path: "/api/v1/webhooks/{id}", Summary: "Be told no more", Body: []views.SchemaField{field},
				Curl: "curl -sS -X DELETE \"$URL/api/v1/webhooks/$ID\"", Answers: []views.OperationAnswer{{Status: "204", Description: "Ended"}}},
		}}},
		Schemas: []views.Schema{
			{Name: "Finding", Description: "What a detector saw", Fields: []views.SchemaField{{Name: "confidence", Type: "number", Required: true, Limits: "from 0 · to 1", Description: "How sure it is"}}},
			{Name: "Submission", Description: "One exchange with a model", Fields: []views.SchemaField{field, finding}},
			{Name: "Verdict", Description: "What the guard says", Values: []string{"allow", "flag", "block"}},
		},
	})}}
}
