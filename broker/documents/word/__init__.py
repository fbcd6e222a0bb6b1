"""The parts of a DOCX. They load python-docx, so only `broker.documents.docx` imports them, when it is asked."""
