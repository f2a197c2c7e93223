package privacy

import "time"

// SetClock replaces the vault's clock.
func (v *Vault) SetClock(now func() time.Time) { v.now = now }

// RawKey names where an owner's keys lie in the key store.
func RawKey(o Owner) string { return ownerKey(o) }

// ShredList names where the shreds of an owner are listed.
func ShredList(o Owner) string { return shredsKey(o.slot()) }

// IndexOwner owns the index key.
const IndexOwner = indexOwner
