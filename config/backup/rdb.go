package backup

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc64"
	"io"
	"strconv"
)

// The parts of Redis' own file format (RDB) that we need: where a value begins and
// ends. Its bytes are then what DUMP would have said and RESTORE takes, so no value
// is ever taken apart.
const (
	opSlot     = 244 // of a cluster, since 7.4
	opFunction = 245
	opAux      = 250
	opResize   = 251
	opExpireMS = 252
	opExpire   = 253
	opSelect   = 254
	opEnd      = 255

	typeString     = 0
	typeList       = 1
	typeSet        = 2
	typeZSet       = 3
	typeHash       = 4
	typeZSet2      = 5
	typeIntSet     = 11
	typeZipLists   = 14
	typeStream     = 15
	typeListPacks  = 18
	typeStream2    = 19
	typeSetPack    = 20
	typeStream3    = 21
	longest        = 512 << 20 // of a string, as Redis has it
	footer         = 10        // version and checksum behind a value
	lzf            = -4        // see tape.length
	noCompactTypes = 9         // from here on to 17 and 20 a value is one string, but for 14 and 15
)

// errShape is a snapshot that we cannot read. It never quotes what it could not read.
var errShape = errors.New("backup: the store's snapshot has a form that this program does not know")

// jones is the checksum of Redis.
var jones = crc64.MakeTable(0x95AC9329AC4BC9B5)

func sum(crc uint64, p []byte) uint64 { return ^crc64.Update(^crc, jones, p) }

// record is one key with its value, as RESTORE takes it.
type record struct {
	key    string
	expire int64 // unix ms, 0 = never
	value  []byte
}

// tape reads a snapshot and remembers a value's bytes while it skips them.
type tape struct {
	in      *bufio.Reader
	crc     uint64
	kept    []byte
	keeping bool
}

// walk visits every key of one database of a snapshot and then checks its sum.
func walk(in *bufio.Reader, database int, visit func(record) error) error {
	t := &tape{in: in}
	version, err := t.version()
	if err != nil {
		return err
	}
	var expire int64
	for here := -1; ; {
		op, err := t.byte()
		if err != nil {
			return err
		}
		switch op {
		case opEnd:
			return t.end()
		case opSelect:
			here, err = t.length()
		case opExpireMS:
			expire, err = t.fixed(8)
		case opExpire:
			expire, err = t.fixed(4)
			expire *= 1000
		case opAux:
			err = t.strings(2)
		case opFunction:
			err = t.strings(1)
		case opResize:
			err = t.lengths(2)
		case opSlot:
			err = t.lengths(3)
		default:
			var r record
			if r, err = t.record(op, version); err == nil && here == database {
				r.expire = expire
				err = visit(r)
			}
			expire = 0
		}
		if err != nil {
			return err
		}
	}
}

// version reads the first bytes.
func (t *tape) version() (uint16, error) {
	head, err := t.take(9)
	if err != nil || string(head[:5]) != "REDIS" {
		return 0, errors.Join(errShape, err)
	}
	n, err := strconv.ParseUint(string(head[5:]), 10, 16)
	if err != nil {
		return 0, errShape
	}
	return uint16(n), nil
}

// end compares the sum of all that was read.
func (t *tape) end() error {
	want := t.crc
	got, err := t.take(8)
	if err != nil {
		return err
	}
	if n := binary.LittleEndian.Uint64(got); n != 0 && n != want {
		return errors.New("backup: the store's snapshot arrived damaged")
	}
	return nil
}

func (t *tape) record(kind byte, version uint16) (record, error) {
	key, err := t.string()
	if err != nil {
		return record{}, err
	}
	t.kept, t.keeping = append(t.kept[:0], kind), true
	err = t.value(kind)
	t.keeping = false
	if err != nil {
		return record{}, err
	}
	t.kept = binary.LittleEndian.AppendUint16(t.kept, version)
	t.kept = binary.LittleEndian.AppendUint64(t.kept, sum(0, t.kept))
	return record{key: string(key), value: t.kept}, nil
}

// value skips one value.
func (t *tape) value(kind byte) error {
	switch kind {
	case typeString, typeSetPack:
		return t.strings(1)
	case typeList, typeSet, typeZipLists:
		return t.each(func() error { return t.strings(1) })
	case typeHash:
		return t.each(func() error { return t.strings(2) })
	case typeZSet:
		return t.each(func() error { return errors.Join(t.strings(1), t.oldDouble()) })
	case typeZSet2:
		return t.each(func() error { return errors.Join(t.strings(1), t.skip(8)) })
	case typeListPacks:
		return t.each(func() error { return errors.Join(t.lengths(1), t.strings(1)) })
	case typeStream, typeStream2, typeStream3:
		return t.stream(kind)
	}
	if kind >= noCompactTypes && kind < typeListPacks {
		return t.strings(1)
	}
	return fmt.Errorf("%w (a value of kind %d)", errShape, kind)
}

// stream skips the packed entries, then what the stream knows of itself, then its groups.
func (t *tape) stream(kind byte) error {
	about := 3 // length and last id
	if kind >= typeStream2 {
		about = 8 // first id, greatest deleted id, entries ever added
	}
	if err := errors.Join(t.each(func() error { return t.strings(2) }), t.lengths(about)); err != nil {
		return err
	}
	return t.each(func() error { return t.group(kind) })
}

func (t *tape) group(kind byte) error {
	id := 2
	if kind >= typeStream2 {
		id = 3 // entries read
	}
	pending := func() error { return errors.Join(t.skip(16+8), t.lengths(1)) }
	if err := errors.Join(t.strings(1), t.lengths(id), t.each(pending)); err != nil {
		return err
	}
	seen := 8
	if kind >= typeStream3 {
		seen = 16
	}
	return t.each(func() error {
		return errors.Join(t.strings(1), t.skip(seen), t.each(func() error { return t.skip(16) }))
	})
}

// each reads a count and does something so often.
func (t *tape) each(do func() error) error {
	n, err := t.length()
	for ; err == nil && n > 0; n-- {
		err = do()
	}
	return err
}

func (t *tape) strings(n int) error {
	for range n {
		if err := t.skipString(); err != nil {
			return err
		}
	}
	return nil
}

func (t *tape) lengths(n int) error {
	for range n {
		if _, err := t.length(); err != nil {
			return err
		}
	}
	return nil
}

func (t *tape) oldDouble() error {
	n, err := t.byte()
	if err != nil || n >= 253 {
		return err
	}
	return t.skip(int(n))
}

// length reads a length. Below zero it is the way in which a string stands there
// instead: -1, -2, -3 a number of 1, 2, 4 bytes, -4 compressed.
func (t *tape) length() (int, error) {
	first, err := t.byte()
	if err != nil {
		return 0, err
	}
	switch {
	case first>>6 == 0:
		return int(first & 63), nil
	case first>>6 == 1:
		second, err := t.byte()
		return int(first&63)<<8 | int(second), err
	case first == 0x80:
		b, err := t.take(4)
		if err != nil {
			return 0, err
		}
		return int(binary.BigEndian.Uint32(b)), nil
	case first == 0x81:
		b, err := t.take(8)
		if err != nil {
			return 0, err
		}
		return int(binary.BigEndian.Uint64(b) & (1<<63 - 1)), nil // a count or an id; sizes are checked where they matter
	case first >= 0xC0 && first <= 0xC3:
		return -int(first-0xC0) - 1, nil
	}
	return 0, errShape
}

func (t *tape) skipString() error {
	n, err := t.length()
	switch {
	case err != nil:
		return err
	case n >= 0:
		return t.skip(n)
	case n > lzf:
		return t.skip(1 << (-n - 1))
	}
	packed, err := t.length()
	if err != nil {
		return err
	}
	return errors.Join(t.lengths(1), t.skip(packed))
}

// string reads a key.
func (t *tape) string() ([]byte, error) {
	n, err := t.length()
	switch {
	case err != nil:
		return nil, err
	case n >= 0:
		return t.take(n)
	case n > lzf:
		v, err := t.signed(1 << (-n - 1))
		return strconv.AppendInt(nil, v, 10), err
	}
	packed, err := t.length()
	if err != nil {
		return nil, err
	}
	plain, err := t.length()
	if err != nil {
		return nil, err
	}
	in, err := t.take(packed)
	if err != nil {
		return nil, err
	}
	return unpack(in, plain)
}

func (t *tape) fixed(n int) (int64, error) {
	b, err := t.take(n)
	if err != nil {
		return 0, err
	}
	var wide [8]byte
	copy(wide[:], b)
	return int64(binary.LittleEndian.Uint64(wide[:]) & (1<<63 - 1)), nil
}

// signed is a small number that stands for a string.
func (t *tape) signed(n int) (int64, error) {
	v, err := t.fixed(n)
	return v << (64 - 8*n) >> (64 - 8*n), err
}

func (t *tape) byte() (byte, error) {
	b, err := t.in.ReadByte()
	if err != nil {
		return 0, cut(err)
	}
	t.saw([]byte{b})
	return b, nil
}

func (t *tape) take(n int) ([]byte, error) {
	if n < 0 || n > longest {
		return nil, errShape
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(t.in, b); err != nil {
		return nil, cut(err)
	}
	t.saw(b)
	return b, nil
}

// skip goes on by small steps, so that a damaged length costs no memory.
func (t *tape) skip(n int) error {
	if n < 0 || n > longest {
		return errShape
	}
	for n > 0 {
		b, err := t.in.Peek(min(n, 4096))
		if err != nil {
			return cut(err)
		}
		t.saw(b)
		n -= len(b)
		_, _ = t.in.Discard(len(b)) // it was just there
	}
	return nil
}

func (t *tape) saw(b []byte) {
	t.crc = sum(t.crc, b)
	if t.keeping {
		t.kept = append(t.kept, b...)
	}
}

func cut(err error) error { return fmt.Errorf("backup: the store's snapshot broke off: %w", err) }
