package outbox_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/bot/inbox"
	"engawa/bot/outbox"
	"engawa/config/privacy"
	"engawa/config/redistest"
	"engawa/flows"
)

// instant is a LINE that accepts at once.
type instant struct{ got chan struct{} }

func (i instant) Reply(context.Context, string, []json.RawMessage) error {
	i.got <- struct{}{}
	return nil
}
func (i instant) Push(context.Context, string, string, []json.RawMessage) error {
	i.got <- struct{}{}
	return nil
}
func (instant) Loading(context.Context, string, int) error { return nil }
func (instant) MarkRead(context.Context, string) error     { return nil }

// BenchmarkLeaving measures what one answer costs on its way out: freeze, open the
// seals, hand over, settle. Each belongs to a person of its own, over four lanes.
func BenchmarkLeaving(b *testing.B) {
	const lanes = 4
	rdb := redistest.Client(b)
	master, err := privacy.ParseMaster(privacy.NewMasterKey())
	if err != nil {
		b.Fatal(err)
	}
	vault, err := privacy.Open(b.Context(), rdb, rdb, master)
	if err != nil {
		b.Fatal(err)
	}
	line := instant{make(chan struct{}, b.N)}
	out := outbox.New(outbox.Parts{Redis: rdb, Vault: vault, LINE: line, People: people{rdb}}, outbox.Options{})
	fill(b, rdb, vault, lanes)
	ctx, stop := context.WithCancel(b.Context())
	var wg sync.WaitGroup
	b.ResetTimer()
	for l := range lanes {
		wg.Go(func() { out.Run(ctx, inbox.Lease{Lane: inbox.Lane(l), Value: "x"}) })
	}
	for range b.N {
		<-line.got
	}
	b.StopTimer()
	stop()
	wg.Wait()
}

// fill puts one answer for each of b.N persons into the queues.
func fill(b *testing.B, rdb redis.UniversalClient, vault *privacy.Vault, lanes int) {
	b.Helper()
	now := time.Now()
	items := make([]privacy.Item, 0, 2*b.N)
	parcels := make([]outbox.Parcel, b.N)
	for i := range parcels {
		p := flows.PersonID(fmt.Sprintf("%02d-%d", i%lanes, i))
		parcels[i] = outbox.Parcel{
			ID: fmt.Sprintf("e%d.0", i), Event: fmt.Sprint("e", i), Person: p, Dest: outbox.ToLINE,
			Class: outbox.ClassAnswer, At: now.UnixMilli(), Owner: outbox.SealedBy(outbox.ToLINE, false, p, now),
		}
		plain, err := parcels[i].Fill(outbox.Letter{Messages: []json.RawMessage{json.RawMessage(`{"type":"text","text":"はい"}`)}})
		if err != nil {
			b.Fatal(err)
		}
		items = append(items, privacy.Item{Owner: parcels[i].Owner, AAD: parcels[i].AAD(), Data: plain},
			privacy.Item{Owner: privacy.Person(string(p)), AAD: outbox.TokenAAD(p), Data: []byte("token")})
	}
	if err := vault.SealMany(b.Context(), items); err != nil {
		b.Fatal(err)
	}
	pipe := rdb.Pipeline()
	for l := range lanes {
		pipe.Set(b.Context(), inbox.LaneKey(inbox.Lane(l), "lease"), "x", 0)
	}
	for i, p := range parcels {
		p.Body = items[2*i].Data
		blob, err := p.Encode()
		if err != nil {
			b.Fatal(err)
		}
		pipe.HSet(b.Context(), outbox.ParcelsKey(p.Person), p.ID, blob)
		pipe.RPush(b.Context(), outbox.QueueKey(outbox.ToLINE, p.Person), p.ID)
		pipe.ZAdd(b.Context(), outbox.DueKey(inbox.LaneOfPerson(p.Person), outbox.ToLINE), redis.Z{Score: float64(now.UnixMilli()), Member: string(p.Person)})
		pipe.Set(b.Context(), outbox.TokenKey(p.Person), outbox.FormatToken(now, items[2*i+1].Data), outbox.TokenLife)
	}
	if _, err := pipe.Exec(b.Context()); err != nil {
		b.Fatal(err)
	}
}
