package catalogue

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// WriteCSV writes entries for a spreadsheet: UTF-8 with a BOM and CRLF, since
// Excel reads nothing else right, one row each under a Japanese header. Of other
// languages there are only the columns that something stands in.
func WriteCSV(w io.Writer, entries []*Entry) error {
	var used []*column
	for _, c := range columns {
		if !strings.Contains(c.ja, "（") || slices.ContainsFunc(entries, func(e *Entry) bool { return c.get(e) != "" }) {
			used = append(used, c)
		}
	}
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("catalogue: write CSV: %w", err)
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	record := make([]string, len(used))
	for i, c := range used {
		record[i] = c.ja
	}
	_ = out.Write(record) // Error tells it below
	for _, e := range entries {
		for i, c := range used {
			record[i] = harmless(c.get(e))
		}
		_ = out.Write(record)
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("catalogue: write CSV: %w", err)
	}
	return nil
}

// A spreadsheet runs a cell that begins like a formula. Such a cell gets a ' before
// it, which is taken off again when the file is read; so does one that has it already.
const formula = "=+-@＝＋－＠\t\r"

func runs(s string) bool {
	return s != "" && (s[0] == '\'' || strings.ContainsAny(s[:1], "\t\r") || hasAny(strings.TrimLeft(s, " 　\n\t\r"), formula))
}

func hasAny(s, first string) bool {
	for _, r := range s {
		return strings.ContainsRune(first, r)
	}
	return false
}

func harmless(s string) string {
	if runs(s) {
		return "'" + s
	}
	return s
}

func asMeant(s string) string {
	if rest, ok := strings.CutPrefix(s, "'"); ok && runs(rest) {
		return rest
	}
	return s
}

// ReadCSV reads a file under a Japanese or English header, in any order of its
// columns. It gives every fault, each with its line and column.
func ReadCSV(r io.Reader) ([]Record, error) {
	data, err := readAll(r)
	if err != nil {
		return nil, err
	}
	var faults faultList
	in := csv.NewReader(bytes.NewReader(data))
	in.FieldsPerRecord = -1
	used := header(&faults, in, data)
	if len(faults.all) > 0 {
		return nil, faults.err()
	}
	var rows []Record
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			faults.add(quoteLine(err), "", "", `引用符 " が合っていません。セルの中の " は "" と書き、セルを " で囲みます。`)
			return nil, faults.err() // where the next row begins cannot be told any more
		}
		line, _ := in.FieldPos(0)
		if blank(record) {
			continue
		}
		if len(rows) == MaxRows {
			faults.add(line, "", "", wantLines)
			return nil, faults.err()
		}
		rows = append(rows, readRow(&faults, used, record, line))
	}
	if len(faults.all) == 0 {
		checkRows(&faults, rows)
	}
	return rows, faults.err()
}

func quoteLine(err error) int {
	if bad := (*csv.ParseError)(nil); errors.As(err, &bad) {
		return bad.StartLine
	}
	return 1
}

func blank(record []string) bool {
	return !slices.ContainsFunc(record, func(s string) bool { return strings.TrimSpace(s) != "" })
}

// header reads the first line and finds the columns by their names.
func header(faults *faultList, in *csv.Reader, data []byte) []*column {
	first, _, _ := bytes.Cut(data, []byte("\n"))
	if bytes.Count(first, []byte(",")) > 2*len(columns) {
		faults.add(1, "", "", "列が多すぎます。1行目は列の名前です。")
		return nil
	}
	head, err := in.Read()
	if err != nil {
		faults.add(1, "", "", "1行目に、列の名前（番号,種類,名前,日時 など）を書きます。")
		return nil
	}
	used := make([]*column, len(head))
	for i, name := range head {
		name = strings.TrimSpace(name)
		c := columnOf(name)
		if c.set == nil { // brackets of either width
			c = columnOf(strings.NewReplacer("(", "（", ")", "）").Replace(strings.ToLower(norm.NFKC.String(name))))
		}
		switch {
		case c.set == nil:
			faults.add(1, name, "", "この名前の列はありません。`engawa catalogue export` の1行目にある名前を使います。")
		case slices.Contains(used, c):
			faults.add(1, name, "", "この列は2つあります。1つにしてください。")
		}
		used[i] = c
	}
	for _, must := range []string{"種類", "名前"} {
		if !slices.Contains(used, columnOf(must)) {
			faults.add(1, must, "", "この列がありません。")
		}
	}
	return used
}

// maxCell is room for ten thousand dates that are off.
const maxCell = 256 << 10

// readRow reads one row. Texts keep their spaces; a word of a closed list that was
// typed with spaces around it is read without them.
func readRow(faults *faultList, used []*column, record []string, line int) Record {
	r := Record{Line: line, Entry: &Entry{}}
	if len(record) > len(used) {
		faults.add(line, "", record[len(used)], "列が1行目より多くあります。コンマの入ったセルは \" で囲みます。")
		record = record[:len(used)]
	}
	for i, s := range record {
		if len(s) > maxCell {
			faults.add(line, used[i].ja, strings.ToValidUTF8(s[:60], ""), "セルの中が長すぎます。")
			continue
		}
		c := cell{used[i], asMeant(s)}
		if err := c.col.set(r.Entry, c.text); err != nil {
			trimmed := strings.TrimSpace(c.text)
			if err = c.col.set(r.Entry, trimmed); err != nil {
				faults.add(line, c.col.ja, c.text, err.Error())
			}
			c.text = trimmed
		}
		r.cells = append(r.cells, c)
		r.Card = r.Card || c.col.ja == origin && strings.TrimSpace(c.text) == originCard
	}
	return r
}
