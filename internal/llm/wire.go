package llm

import openai "github.com/sashabaranov/go-openai"

// What is sent and answered, under names of our own: nobody else imports the library.
type (
	ChatRequest        = openai.ChatCompletionRequest
	ChatMessage        = openai.ChatCompletionMessage
	ChatPart           = openai.ChatMessagePart
	ChatResponse       = openai.ChatCompletionResponse
	ChatChoice         = openai.ChatCompletionChoice
	ChatChunk          = openai.ChatCompletionStreamResponse
	ChunkChoice        = openai.ChatCompletionStreamChoice
	ChunkDelta         = openai.ChatCompletionStreamChoiceDelta
	ChatFormat         = openai.ChatCompletionResponseFormat
	ChatTool           = openai.Tool
	StreamOptions      = openai.StreamOptions
	ToolCall           = openai.ToolCall
	FunctionCall       = openai.FunctionCall
	FinishReason       = openai.FinishReason
	TextRequest        = openai.CompletionRequest
	TextResponse       = openai.CompletionResponse
	TextChoice         = openai.CompletionChoice
	EmbedRequest       = openai.EmbeddingRequest
	EmbedResponse      = openai.EmbeddingResponse
	EmbeddingModel     = openai.EmbeddingModel
	Usage              = openai.Usage
	ResponseRequest    = openai.CreateResponseRequest
	ResponseAnswer     = openai.CreateResponseResponse
	ResponseItem       = openai.ResponseOutputItem
	ResponseIncomplete = openai.ResponseIncompleteDetails
	Model              = openai.Model
)

// Why a model stopped, and the parts of a message that are text.
const (
	FinishStop          = openai.FinishReasonStop
	FinishToolCalls     = openai.FinishReasonToolCalls
	FinishContentFilter = openai.FinishReasonContentFilter
	PartText            = openai.ChatMessagePartTypeText
	FormatJSONSchema    = openai.ChatCompletionResponseFormatTypeJSONSchema
)
