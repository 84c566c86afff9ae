"""Files of leads, whatever program wrote them: rows under headings, one after another, never much in memory."""
