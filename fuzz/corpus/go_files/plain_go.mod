// Stock levels of the shop.
//
// Deprecated: use shop.example.com/warehouse.
module shop.example.com/inventory

go 1.24.0

toolchain go1.24.3

godebug default=go1.23

require (
	example.com/log/structured v1.8.2
	example.com/storage/keyvalue/v3 v3.4.1
	ledger.example.org/decimal v1.4.0-rc.2
)

require (
	example.com/log/format v0.9.0 // indirect
	example.com/sys v0.0.0-20250314092653-589793238462 // indirect
	legacy.example.net/codec v3.2.0+incompatible // indirect; reached through decimal
)

// A fix that no release has yet.
replace example.com/storage/keyvalue/v3 => ./third_party/keyvalue

replace (
	example.com/log/format v0.9.0 => forks.example.net/log-format v0.9.1
	// Needed by nothing that this file names.
	example.com/unused => forks.example.net/unused v1.0.0
)

exclude (
	example.com/log/structured v1.8.1 // loses the last line of a file
	"example.com/log/structured" `v1.8.0`
)

retract v1.0.1 // Published by accident.

// Counts returned goods twice.
retract [v1.1.0, v1.1.3]

tool example.com/log/structured/cmd/logview

ignore ./web
