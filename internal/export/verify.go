package export

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Check holds a file against its manifest, and the manifest against the key. It names
// everything that does not match; nothing means that the file is what was exported.
func Check(file io.Reader, m Manifest, key ed25519.PublicKey) (wrong []string, err error) {
	if err := m.Verify(key); err != nil {
		wrong = append(wrong, "signature: "+err.Error())
	}
	hash, size := sha256.New(), new(counter)
	looked := io.TeeReader(file, io.MultiWriter(hash, size))
	rows, header, problem := count(looked, m.FileFormat)
	if _, err := io.Copy(io.Discard, looked); err != nil { // what count left unread
		return nil, fmt.Errorf("the file cannot be read: %w", err)
	}
	if size.n != m.Bytes {
		wrong = append(wrong, fmt.Sprintf("size: the file has %d bytes, the manifest says %d", size.n, m.Bytes))
	}
	if sum := hex.EncodeToString(hash.Sum(nil)); sum != m.SHA256 {
		wrong = append(wrong, fmt.Sprintf("sha256: the file has %s, the manifest says %s", sum, m.SHA256))
	}
	if problem != nil {
		return append(wrong, "rows: the file cannot be read as "+m.FileFormat+": "+problem.Error()), nil
	}
	if rows != m.Rows {
		wrong = append(wrong, fmt.Sprintf("rows: the file has %d, the manifest says %d", rows, m.Rows))
	}
	if !slices.Equal(header, m.Columns) {
		wrong = append(wrong, fmt.Sprintf("columns: the file has %q, the manifest says %q", header, m.Columns))
	}
	return wrong, nil
}

type counter struct{ n int64 }

func (c *counter) Write(b []byte) (int, error) {
	c.n += int64(len(b))
	return len(b), nil
}

// count counts the rows of a file, and reads the header of one that has one.
func count(r io.Reader, format string) (rows int, header []string, err error) {
	if format == "csv" {
		return countRecords(r)
	}
	in := bufio.NewReaderSize(r, 1<<16)
	for {
		part, err := in.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if errors.Is(err, io.EOF) {
			if len(part) > 0 {
				return rows, nil, errors.New("its last line has no end")
			}
			return rows, nil, nil
		}
		if err != nil {
			return rows, nil, err
		}
		rows++
	}
}

func countRecords(r io.Reader) (rows int, header []string, err error) {
	in := csv.NewReader(r)
	in.ReuseRecord = true
	first, err := in.Read()
	if err != nil {
		return 0, nil, err
	}
	header = slices.Clone(first)
	for {
		_, err := in.Read()
		if errors.Is(err, io.EOF) {
			return rows, header, nil
		}
		if err != nil {
			return rows, header, err
		}
		rows++
	}
}

// maxIDLine bounds the line in which the id of an export is looked for.
const maxIDLine = 1 << 20

// FindExport looks for what tells which export a file, or a part of one, came from: the
// id that lines of JSON and CEF have, or the mark that lines of CSV carry.
func FindExport(file io.Reader) (id string, t Traces, err error) {
	in := bufio.NewReaderSize(file, maxIDLine)
	first, err := in.Peek(maxIDLine)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", Traces{}, err
	}
	line, _, _ := bytes.Cut(first, []byte("\n"))
	for _, name := range []string{`"export":"`, " flexString1="} {
		if at := bytes.LastIndex(line, []byte(name)); at >= 0 {
			id := string(line[at+len(name):])
			id = id[:len(id)-len(strings.TrimLeft(id, "0123456789abcdef-"))]
			if len(id) == 36 {
				return id, Traces{}, nil
			}
		}
	}
	t, err = ReadMark(in)
	return "", t, err
}
