package detectors

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"math/big"
	"strings"

	"golang.org/x/crypto/sha3"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/review"
)

// piiCrypto finds addresses of wallets.
func piiCrypto() guard.Spec {
	return guard.Spec{
		DetectorSpec: review.DetectorSpec{
			ID: "pii.crypto", Title: "Wallet address", Category: review.CategoryPII, OWASP: "LLM02:2025",
			Description: "Finds addresses of Bitcoin and Litecoin (Base58Check, Bech32 and Bech32m) and of Ethereum (EIP-55) by their check sums; addresses of Ethereum in one case, which have none, only beside words that say so.",
			Examples:    []string{"Send it to 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2."},
			Default:     review.Rule{Mode: review.ModeEnforce, Flag: 0.85},
		},
		Placeholder: "WALLET",
		New: func() (guard.Detector, error) {
			p := newPersonal("pii.crypto", review.SeverityMedium)
			p.literal = true
			return p, nil
		},
	}
}

// The lengths of addresses of wallets.
const (
	minWallet, maxWallet = 25, 90
	ethereumSize         = 42
)

func cryptoAddresses() finder {
	words := newWordset("ethereum|eth|wallet|erc|metamask|ether|usdt|usdc", "")
	return func(text string) []sighting {
		var out []sighting
		for i := 0; i < len(text); {
			if !walletByte(text[i]) {
				i++
				continue
			}
			start := i
			for i < len(text) && walletByte(text[i]) {
				i++
			}
			if size := i - start; size < minWallet || size > maxWallet {
				continue
			}
			if confidence := walletConfidence(text, start, i, words); confidence > 0 {
				out = append(out, sighting{start, i, confidence, "The address of a wallet"})
			}
		}
		return out
	}
}

func walletByte(c byte) bool { return digit(c) || c|0x20 >= 'a' && c|0x20 <= 'z' }

func walletConfidence(text string, start, end int, words wordset) float64 {
	address := text[start:end]
	switch {
	case strings.HasPrefix(address, "0x") && len(address) == ethereumSize:
		return ethereumConfidence(text, start, end, words)
	case base58Check(address) || bech32(address):
		return 0.98
	default:
		return 0
	}
}

func ethereumConfidence(text string, start, end int, words wordset) float64 {
	address := text[start+2 : end]
	small := strings.ToLower(address)
	if _, err := hex.DecodeString(small); err != nil {
		return 0
	}
	if small != address && strings.ToUpper(address) != address {
		if mixedCase(small) == address {
			return 0.98
		}
		return 0
	}
	if words.in(strings.ToLower(text[max(start-reachLeft, 0):start])) {
		return 0.9
	}
	return 0
}

// mixedCase writes the letters of an address in capitals where its hash says so (EIP-55).
func mixedCase(address string) string {
	hash := sha3.NewLegacyKeccak256()
	hash.Write([]byte(address))
	sum := hex.EncodeToString(hash.Sum(nil))
	out := []byte(address)
	for i, c := range out {
		if c >= 'a' && sum[i] >= '8' {
			out[i] = c - 0x20
		}
	}
	return string(out)
}

// base58Check tells 21 bytes, of a version that wallets have, followed by four of their
// double hash.
func base58Check(address string) bool {
	const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	if len(address) > 35 || strings.IndexByte("123LM", address[0]) < 0 {
		return false
	}
	n, base := new(big.Int), big.NewInt(58)
	for i := range len(address) {
		d := strings.IndexByte(alphabet, address[i])
		if d < 0 {
			return false
		}
		n.Add(n.Mul(n, base), big.NewInt(int64(d)))
	}
	if n.BitLen() > 25*8 {
		return false
	}
	var whole [25]byte
	n.FillBytes(whole[:])
	first := sha256.Sum256(whole[:21])
	second := sha256.Sum256(first[:])
	return bytes.Equal(second[:4], whole[21:])
}

// bech32 tells addresses of BIP 173 and BIP 350.
func bech32(address string) bool {
	const alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
	if address != strings.ToLower(address) && address != strings.ToUpper(address) {
		return false
	}
	address = strings.ToLower(address)
	prefix, data, ok := strings.Cut(address, "1")
	if !ok || prefix != "bc" && prefix != "tb" && prefix != "ltc" {
		return false
	}
	check := uint32(1)
	step := func(value uint32) {
		top := check >> 25
		check = check&0x1FFFFFF<<5 ^ value
		for i, g := range [5]uint32{0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3} {
			if top>>i&1 == 1 {
				check ^= g
			}
		}
	}
	for i := range len(prefix) {
		step(uint32(prefix[i] >> 5))
	}
	step(0)
	for i := range len(prefix) {
		step(uint32(prefix[i] & 31))
	}
	for i := range len(data) {
		d := strings.IndexByte(alphabet, data[i])
		if d < 0 {
			return false
		}
		step(uint32(d))
	}
	return check == 1 || check == 0x2BC830A3
}
