module parcels.example.com/tracker

go 1.24.0

require (
	example.com/clock v1.0.0
	example.com/geo/grid v1.5.2
	gopkg.in/settings.v3 v3.0.1
)

require (
	example.com/geo/angle v0.3.0 // indirect
	example.com/test/compare v1.2.0 // indirect
)

replace (
	example.com/clock => ./internal/clock
	example.com/geo/angle v0.3.0 => forks.example.net/geo/angle v0.3.1
)
