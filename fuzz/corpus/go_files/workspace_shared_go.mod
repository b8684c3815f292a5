module bookings.example.com/shared

go 1.23

retract [v0.3.0, v0.3.9] // Dates without their time zone.
