package privacy

import (
	"context"
	"crypto/cipher"
	"encoding/binary"
	"fmt"
)

const sealedV1 = 1 // first byte of everything sealed

// Overhead is how many bytes a seal adds.
const Overhead = 1 + 12 + 16

// Item is one thing to seal or open together with others.
type Item struct {
	Owner Owner
	Text  string // id of a text with a secret of its own; "" = under the owner's key
	AAD   string // what the bytes are: opening under another name fails
	Data  []byte // in: plain or sealed; out: sealed or plain, nil if Err
	Err   error  // why this one failed: ErrShredded, ErrBroken, …
}

// Seal seals under the owner's key, which is made on first use.
func (v *Vault) Seal(ctx context.Context, o Owner, aad string, plain []byte) ([]byte, error) {
	return v.one(ctx, v.SealMany, Item{Owner: o, AAD: aad, Data: plain})
}

// Open opens what [Vault.Seal] sealed, or says ErrShredded.
func (v *Vault) Open(ctx context.Context, o Owner, aad string, sealed []byte) ([]byte, error) {
	return v.one(ctx, v.OpenMany, Item{Owner: o, AAD: aad, Data: sealed})
}

// SealText seals one text so that it can be destroyed alone, or with its owner.
func (v *Vault) SealText(ctx context.Context, o Owner, text, aad string, plain []byte) ([]byte, error) {
	if err := checkText(text); err != nil {
		return nil, err
	}
	return v.one(ctx, v.SealMany, Item{Owner: o, Text: text, AAD: aad, Data: plain})
}

// OpenText opens what [Vault.SealText] sealed, or says ErrShredded.
func (v *Vault) OpenText(ctx context.Context, o Owner, text, aad string, sealed []byte) ([]byte, error) {
	if err := checkText(text); err != nil {
		return nil, err
	}
	return v.one(ctx, v.OpenMany, Item{Owner: o, Text: text, AAD: aad, Data: sealed})
}

func (v *Vault) one(ctx context.Context, do func(context.Context, []Item) error, it Item) ([]byte, error) {
	items := []Item{it}
	if err := do(ctx, items); err != nil {
		return nil, err
	}
	return items[0].Data, items[0].Err
}

// SealMany seals items in place, in one round trip. The error is for a store that
// does not answer; what concerns one item stands in its Err.
func (v *Vault) SealMany(ctx context.Context, items []Item) error {
	if err := v.many(ctx, items, true, sealOne); err != nil {
		return fmt.Errorf("privacy: seal: %w", err)
	}
	return nil
}

// SealAtOnce seals items of one day without asking the key store, if this process
// holds that day's key; else it does nothing and says no. Most of what the door takes
// is sealed like this, so it never waits for anything.
func (v *Vault) SealAtOnce(items []Item) bool {
	if len(items) == 0 {
		return true
	}
	for i := range items {
		if items[i].Owner != items[0].Owner || items[i].Text != "" {
			return false
		}
	}
	day, ok := v.cachedDay(wanted{owner: items[0].Owner})
	for i := range items {
		if ok {
			items[i].Err = nil
			sealOne(day, &items[i])
		}
	}
	return ok
}

func sealOne(aead cipher.AEAD, it *Item) {
	out := append(make([]byte, 0, len(it.Data)+Overhead), sealedV1)
	it.Data = aead.Seal(out, nil, it.Data, it.name()) //#nosec G407 -- no nonce is given: the cipher draws one for each seal
}

// OpenMany opens items in place, in one round trip; see [Vault.SealMany].
func (v *Vault) OpenMany(ctx context.Context, items []Item) error {
	err := v.many(ctx, items, false, func(aead cipher.AEAD, it *Item) {
		if len(it.Data) < Overhead || it.Data[0] != sealedV1 {
			it.fail(ErrBroken)
			return
		}
		plain, err := aead.Open(nil, nil, it.Data[1:], it.name())
		if err != nil {
			it.fail(ErrBroken)
			return
		}
		it.Data = plain
	})
	if err != nil {
		return fmt.Errorf("privacy: open: %w", err)
	}
	return nil
}

// many fetches every key that the items need at once and then does the work.
func (v *Vault) many(ctx context.Context, items []Item, create bool, do func(aead cipher.AEAD, it *Item)) error {
	place := map[Owner]int{}
	var want []wanted
	for i := range items {
		it := &items[i]
		if it.Err = it.Owner.check(); it.Err != nil || it.Owner == indexOwner {
			it.fail(ErrOwner)
			continue
		}
		n, ok := place[it.Owner]
		if !ok {
			n = len(want)
			place[it.Owner] = n
			want = append(want, wanted{owner: it.Owner, create: create})
		}
		if it.Text != "" {
			want[n].texts = append(want[n].texts, it.Text)
		}
	}
	got, err := v.fetch(ctx, want)
	if err != nil {
		for i := range items {
			items[i].fail(err)
		}
		return err
	}
	for i := range items {
		if items[i].Err == nil {
			got[place[items[i].Owner]].use(&items[i], do)
		}
	}
	return nil
}

// use finds the key of one item among the owner's and does the work with it.
func (g keyring) use(it *Item, do func(aead cipher.AEAD, it *Item)) {
	if g.err != nil {
		it.fail(g.err)
		return
	}
	if it.Text == "" {
		do(g.whole(), it)
		return
	}
	secret := g.secrets[it.Text]
	if len(secret) == 0 {
		it.fail(ErrShredded)
		return
	}
	do(seal(derive(g.key, secret, "engawa text v1 "+it.Text, keySize)), it)
}

// whole seals and opens what is under the owner's key itself. Making it costs more
// than using it, so a day's is kept.
func (g keyring) whole() cipher.AEAD {
	if g.day != nil {
		return g.day
	}
	return seal(derive(g.key, nil, "engawa owner v1", keySize))
}

func (it *Item) fail(err error) { it.Data, it.Err = nil, err }

// name binds the bytes to what they are and whose. Lengths keep two names apart
// that would look the same when put in a row.
func (it *Item) name() []byte {
	out := make([]byte, 0, 3*4+len(it.Owner)+len(it.Text)+len(it.AAD))
	for _, part := range [...]string{string(it.Owner), it.Text, it.AAD} {
		out = binary.BigEndian.AppendUint32(out, uint32(len(part))) //#nosec G115 -- a name is far shorter than 4 GB
		out = append(out, part...)
	}
	return out
}
