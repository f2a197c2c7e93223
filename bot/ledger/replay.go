package ledger

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"slices"
	"sync"

	"engawa/flows"
)

// Replayed is what came of stepping through a journal again.
type Replayed struct {
	Turns   int    // lines that were read
	Same    int    // turns that came out as they had
	Apart   int    // turns that came out otherwise
	Unknown int    // turns of which the state before, or the words, are not known any more
	People  int    //
	Digest  string // of every state and effect, in the order of people: equal runs are equal here
	First   []Line // the first turns that came out otherwise, at most [maxApart]
}

const maxApart = 10

// Replay reads journal lines, one a line and each person's in order, and takes every
// turn again. words gives the bundle of a hash, nil if nobody has it any more; it is
// asked by several at once. The same journal gives the same result, however many
// workers there are.
func Replay(journal io.Reader, words func(hash string) *flows.Bundle, workers int) (Replayed, error) {
	shards := make([]*shard, workers)
	var all sync.WaitGroup
	for i := range shards {
		s := &shard{words: words, in: make(chan []byte, 16), people: map[flows.PersonID]*retraced{}}
		shards[i] = s
		all.Go(s.run)
	}
	err := deal(journal, shards)
	for _, s := range shards {
		close(s.in)
	}
	all.Wait()
	if err != nil {
		return Replayed{}, fmt.Errorf("ledger: replay: %w", err)
	}
	return gather(shards)
}

// dealt is how many bytes travel to a worker in one go.
const dealt = 64 << 10

// deal gives each line to the worker of its person.
func deal(journal io.Reader, shards []*shard) error {
	lines := newLines(journal)
	batch := make([][]byte, len(shards))
	for {
		line, err := lines.next()
		if len(line) > 0 {
			i := shardOf(line, len(shards))
			batch[i] = append(append(batch[i], line...), '\n')
			if len(batch[i]) > dealt {
				shards[i].in <- batch[i]
				batch[i] = make([]byte, 0, dealt+4096)
			}
		}
		if err == io.EOF {
			for i, rest := range batch {
				shards[i].in <- rest
			}
			return nil
		}
		if err != nil {
			return err
		}
	}
}

var personMark = []byte(`"p":"`)

func shardOf(line []byte, n int) int {
	at := bytes.Index(line, personMark)
	if at < 0 {
		return 0 // its worker says that it cannot be read
	}
	id := line[at+len(personMark):]
	id = id[:max(0, bytes.IndexByte(id, '"'))]
	h := fnv.New32a()
	_, _ = h.Write(id)
	return int(h.Sum32() % uint32(n)) //#nosec G115 -- n is a handful of workers
}

// shard is a part of the people and where each of them is.
type shard struct {
	words  func(string) *flows.Bundle
	in     chan []byte
	people map[flows.PersonID]*retraced
	sum    Replayed
	err    error
}

// retraced is one person on the way through the journal.
type retraced struct {
	state flows.State
	hash  string // of the state; "" = not known
	trail [sha256.Size]byte
}

func (s *shard) run() {
	for batch := range s.in {
		for line := range bytes.Lines(batch) {
			var l Line
			if err := json.Unmarshal(line, &l); err != nil {
				s.err = cmp.Or(s.err, errLine)
				continue
			}
			s.take(l)
		}
	}
}

var beginning = HashOf(flows.State{})

// take steps once more. Whoever has no known state begins where their journal does
// with a blank one; else their turns are unknown.
func (s *shard) take(l Line) {
	s.sum.Turns++
	p := s.people[l.Person]
	if p == nil {
		p = &retraced{hash: beginning}
		s.people[l.Person] = p
	}
	b := s.words(l.Bundle)
	if l.Before == beginning && p.hash != beginning { // said 消す, or was away for long
		p.state, p.hash = flows.State{}, beginning
	}
	if b == nil || p.hash != l.Before {
		s.sum.Unknown++
		p.hash = ""
		return
	}
	next, effects, _ := flows.Step(b, l.View, p.state, l.Event)
	hash := HashOf(next)
	done, _ := json.Marshal(DoneOf(effects)) // strings only: it cannot fail
	trail := sha256.New()
	trail.Write(p.trail[:])
	trail.Write([]byte(hash))
	trail.Write(done)
	trail.Sum(p.trail[:0])
	p.state, p.hash = next, hash
	if hash == l.After && slices.Equal(DoneOf(effects), l.Effects) {
		s.sum.Same++
		return
	}
	s.sum.Apart++
	s.sum.First = append(s.sum.First, l)
	if hash != l.After {
		p.hash = "" // what follows began somewhere else
	}
}

// gather adds up the workers' parts in an order of its own.
func gather(shards []*shard) (sum Replayed, err error) {
	var ids []flows.PersonID
	people := map[flows.PersonID]*retraced{}
	for _, s := range shards {
		if s.err != nil {
			return Replayed{}, s.err
		}
		sum.Turns, sum.Same, sum.Apart, sum.Unknown = sum.Turns+s.sum.Turns, sum.Same+s.sum.Same, sum.Apart+s.sum.Apart, sum.Unknown+s.sum.Unknown
		sum.First = append(sum.First, s.sum.First...)
		for id, p := range s.people {
			ids, people[id] = append(ids, id), p
		}
	}
	slices.Sort(ids)
	all := sha256.New()
	for _, id := range ids {
		all.Write([]byte(id))
		all.Write(people[id].trail[:])
	}
	slices.SortFunc(sum.First, func(a, b Line) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Person, b.Person), slices.Compare(a.Events, b.Events))
	})
	sum.First = sum.First[:min(len(sum.First), maxApart)]
	sum.People, sum.Digest = len(ids), hex.EncodeToString(all.Sum(nil))
	return sum, nil
}
