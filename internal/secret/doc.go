// Package secret makes and checks what must not be guessed or read back: password hashes, API keys and random tokens.
//
// It knows nothing of users, Apps, HTTP or storage: it turns secrets into values that are safe to store, and compares
// them in constant time. Randomness is injected; production passes crypto/rand.Reader.
package secret
