package understand

import (
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"sync"
)

// Head is one question that the model answers: which of the classes a text
// belongs to. Weights are small integers and all sums are integers, so a score
// is the same on every processor.
type Head struct {
	Name    string
	Classes []string
	Unit    int64    // what one step of a weight is worth, in 2^-24
	Bias    []int64  // per class, in 2^-16
	Tuned   []int64  // limits found in training, in thousandths; what they mean is the head's own
	Weights []int8   // feature by feature, a weight for each class
	Known   []uint32 // the hashed features, rising
	slots   []uint32 // where in Known a hash stands, plus one
}

// Model is what the training command writes.
type Model struct {
	Data  [32]byte // hash of the sentences it was trained from
	Heads []*Head
}

//go:embed model.bin
var modelFile []byte

var shipped = sync.OnceValue(func() *Model {
	m, err := OpenModel(modelFile)
	if err != nil {
		return &Model{} // the rules hold alone; TestTheShippedModelIsWhole says so loudly
	}
	return m
})

// Shipped is the model that is part of the program.
func Shipped() *Model { return shipped() }

// ErrModel is a model file that cannot be read.
var ErrModel = errors.New("understand: not a model file")

const modelMagic = "engawa model 1\n"

// Head finds a head by its name; nil if the model has none.
func (m *Model) Head(name string) *Head {
	for _, h := range m.Heads {
		if h.Name == name {
			return h
		}
	}
	return nil
}

// Bytes writes the model: the same model gives the same bytes.
func (m *Model) Bytes() []byte {
	out := append([]byte(modelMagic), m.Data[:]...)
	out = append(out, byte(len(m.Heads))) //#nosec G115 -- a model of our own: its counts are bounded where it is written, and bytes stand for int8 on purpose
	for _, h := range m.Heads {
		out = appendText(out, h.Name)
		out = append(out, byte(len(h.Classes))) //#nosec G115 -- a model of our own: its counts are bounded where it is written, and bytes stand for int8 on purpose
		for _, c := range h.Classes {
			out = appendText(out, c)
		}
		out = binary.AppendVarint(out, h.Unit)
		for _, b := range h.Bias {
			out = binary.AppendVarint(out, b)
		}
		out = append(out, byte(len(h.Tuned))) //#nosec G115 -- a model of our own: its counts are bounded where it is written, and bytes stand for int8 on purpose
		for _, t := range h.Tuned {
			out = binary.AppendVarint(out, t)
		}
		out = binary.LittleEndian.AppendUint32(out, uint32(len(h.Known))) //#nosec G115 -- a model of our own: its counts are bounded where it is written, and bytes stand for int8 on purpose
		for _, k := range h.Known {
			out = binary.LittleEndian.AppendUint32(out, k)
		}
		for _, w := range h.Weights {
			out = append(out, byte(w)) //#nosec G115 -- a model of our own: its counts are bounded where it is written, and bytes stand for int8 on purpose
		}
	}
	return out
}

func appendText(out []byte, s string) []byte {
	return append(append(out, byte(len(s))), s...) //#nosec G115 -- a model of our own: its counts are bounded where it is written, and bytes stand for int8 on purpose
}

// OpenModel reads what Bytes wrote.
func OpenModel(data []byte) (*Model, error) {
	r := &modelReader{rest: data}
	if string(r.take(len(modelMagic))) != modelMagic {
		return nil, ErrModel
	}
	m := &Model{}
	copy(m.Data[:], r.take(32))
	for n := r.small(); n > 0; n-- {
		m.Heads = append(m.Heads, r.head())
	}
	if r.short || len(r.rest) > 0 {
		return nil, fmt.Errorf("%w: cut or too long", ErrModel)
	}
	return m, nil
}

type modelReader struct {
	rest  []byte
	short bool
}

func (r *modelReader) take(n int) []byte {
	if n < 0 || n > len(r.rest) {
		r.short, r.rest = true, nil
		return nil
	}
	out := r.rest[:n]
	r.rest = r.rest[n:]
	return out
}

func (r *modelReader) small() int {
	if b := r.take(1); b != nil {
		return int(b[0])
	}
	return 0
}

func (r *modelReader) text() string { return string(r.take(r.small())) }

func (r *modelReader) number() int64 {
	v, n := binary.Varint(r.rest)
	if n <= 0 {
		r.short, r.rest = true, nil
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

func (r *modelReader) head() *Head {
	h := &Head{Name: r.text()}
	for n := r.small(); n > 0; n-- {
		h.Classes = append(h.Classes, r.text())
	}
	h.Unit = r.number()
	for range h.Classes {
		h.Bias = append(h.Bias, r.number())
	}
	for n := r.small(); n > 0; n-- {
		h.Tuned = append(h.Tuned, r.number())
	}
	size := r.take(4)
	if size == nil {
		return h
	}
	raw := r.take(4 * int(binary.LittleEndian.Uint32(size)))
	for i := 0; i+4 <= len(raw); i += 4 {
		h.Known = append(h.Known, binary.LittleEndian.Uint32(raw[i:]))
	}
	weights := r.take(len(h.Known) * len(h.Classes))
	h.Weights = make([]int8, len(weights))
	for i, w := range weights {
		h.Weights[i] = int8(w) //#nosec G115 -- a model of our own: its counts are bounded where it is written, and bytes stand for int8 on purpose
	}
	h.index()
	return h
}

// index builds the table that finds a feature in about one look.
func (h *Head) index() {
	size := 1 << bits.Len(uint(2*len(h.Known)+1))
	h.slots = make([]uint32, size)
	for i, k := range h.Known {
		at := k & uint32(size-1) //#nosec G115 -- a model of our own: its counts are bounded where it is written, and bytes stand for int8 on purpose
		for h.slots[at] != 0 {
			at = (at + 1) & uint32(size-1) //#nosec G115 -- a model of our own: its counts are bounded where it is written, and bytes stand for int8 on purpose
		}
		h.slots[at] = uint32(i + 1)
	}
}

func (h *Head) find(k uint32) int {
	mask := uint32(len(h.slots) - 1) //#nosec G115 -- a model of our own: its counts are bounded where it is written, and bytes stand for int8 on purpose
	for at := k & mask; h.slots[at] != 0; at = (at + 1) & mask {
		if i := h.slots[at] - 1; h.Known[i] == k {
			return int(i)
		}
	}
	return -1
}

// fewest keeps short texts from weighing as if they said a lot: nobody is sure
// of anything after three letters.
const fewest = 100

// Length is what a text's size counts as: features that training never saw count too.
func Length(features []uint32) int { return max(fewest, len(features)) }

// Logits weighs a text's features: one sum per class, in 2^-16.
func (h *Head) Logits(features []uint32, out []int64) []int64 {
	n := len(h.Classes)
	out = append(out[:0], make([]int64, n)...)
	if h.slots == nil {
		h.index()
	}
	for _, f := range features {
		i := h.find(f)
		if i < 0 {
			continue
		}
		for c, w := range h.Weights[i*n : i*n+n] {
			out[c] += int64(w)
		}
	}
	root := Root(Length(features))
	for c := range out {
		out[c] = (out[c]*h.Unit>>8)*root>>12 + h.Bias[c]
	}
	return out
}

// Root is 4096 through the square root of n, in whole numbers.
func Root(n int) int64 {
	if n < 1 {
		n = 1
	}
	v := uint64(1<<24) / uint64(n)
	x := uint64(1) << ((bits.Len64(v) + 1) / 2)
	for {
		y := (x + v/x) / 2
		if y >= x {
			return int64(x) //#nosec G115 -- a model of our own: its counts are bounded where it is written, and bytes stand for int8 on purpose
		}
		x = y
	}
}

// Chances turns sums into thousandths that add up to about a thousand.
func Chances(logits []int64, out []int) []int {
	out = out[:0]
	if len(logits) == 0 {
		return out
	}
	top := slices.Max(logits)
	var sum int64
	for _, l := range logits {
		sum += Falling(top - l)
	}
	for _, l := range logits {
		out = append(out, int((Falling(top-l)*1000+sum/2)/sum))
	}
	return out
}

// falling[k] is e to the power of -k/256, in 2^-30.
var falling = func() (t [16 * 256]int64) {
	const step = 4593706758521714574 // e^(-1/256) in 2^-62
	v := uint64(1) << 62
	for k := range t {
		t[k] = int64(v >> 32)
		hi, lo := bits.Mul64(v, step)
		v = hi<<2 | lo>>62
	}
	return t
}()

// Falling is e to the power of -x for x in 2^-16, as a number in 2^-30.
func Falling(x int64) int64 {
	k := x >> 8
	if k >= int64(len(falling)) {
		return 0
	}
	return falling[k]
}
