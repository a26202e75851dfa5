package llm

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// ModerationRequest is what is moderated. The library takes one text only and lacks the newest categories, so this call is
// written by hand.
type ModerationRequest struct {
	Model string `json:"model,omitempty"`
	Input any    `json:"input"` // a text, or a list of texts
}

// ModerationResponse has a result for each text.
type ModerationResponse struct {
	ID      string             `json:"id"`
	Model   string             `json:"model"`
	Results []ModerationResult `json:"results"`
}

// ModerationResult says what a text is suspected of.
type ModerationResult struct {
	Flagged    bool                `json:"flagged"`
	Categories map[string]bool     `json:"categories"`
	Scores     map[string]float64  `json:"category_scores"` // in [0,1]
	AppliedTo  map[string][]string `json:"category_applied_input_types,omitempty"`
}

// DefaultModerationModel judges text and images in many languages.
const DefaultModerationModel = "omni-moderation-latest"

// maxModeration bounds what is read of an answer, in bytes.
const maxModeration = 8 << 20

// Moderate asks what texts are suspected of.
func (c *Client) Moderate(ctx context.Context, request ModerationRequest) (ModerationResponse, error) {
	if request.Model == "" {
		request.Model = DefaultModerationModel
	}
	answer, _, err := ask(ctx, c, []string{request.Model}, whole(c, func(ctx context.Context, s *service, _ string) (ModerationResponse, error) {
		return s.moderate(ctx, request)
	}))
	return answer, err
}

func (s *service) moderate(ctx context.Context, request ModerationRequest) (ModerationResponse, error) {
	body, err := json.Marshal(request)
	if err != nil {
		return ModerationResponse{}, fmt.Errorf("%w: %w", errCannotAsk, err)
	}
	post, err := http.NewRequestWithContext(ctx, http.MethodPost, s.BaseURL+"/moderations", bytes.NewReader(body))
	if err != nil {
		return ModerationResponse{}, fmt.Errorf("%w: %w", errCannotAsk, err)
	}
	post.Header.Set("Content-Type", "application/json")
	if s.Key != "" {
		post.Header.Set("Authorization", "Bearer "+s.Key)
	}
	reply, err := s.http.Do(post)
	if err != nil {
		return ModerationResponse{}, err
	}
	defer reply.Body.Close()
	var answer ModerationResponse
	if err := json.NewDecoder(io.LimitReader(reply.Body, maxModeration)).Decode(&answer); err != nil {
		return ModerationResponse{}, fmt.Errorf("%w: %w", errGarbled, err)
	}
	if len(answer.Results) == 0 {
		return ModerationResponse{}, errGarbled
	}
	return answer, nil
}
