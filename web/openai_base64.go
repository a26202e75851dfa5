package web

import (
	"encoding/base64"
	"encoding/binary"
	"math"

	"github.com/guardroom/guardroom/internal/llm"
)

// inBase64 writes embeddings as little-endian floats in base64, as clients ask for by default.
func inBase64(r llm.EmbedResponse) map[string]any {
	data := make([]any, len(r.Data))
	for i, e := range r.Data {
		raw := make([]byte, 0, 4*len(e.Embedding))
		for _, x := range e.Embedding {
			raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(x))
		}
		data[i] = map[string]any{"object": e.Object, "index": e.Index, "embedding": base64.StdEncoding.EncodeToString(raw)}
	}
	return map[string]any{"object": r.Object, "model": r.Model, "data": data, "usage": r.Usage}
}
