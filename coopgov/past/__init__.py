"""The past that is taken over (*reprise du passé*): members, events and movements of an older register."""
