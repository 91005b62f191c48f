"""DICOM: worklists, studies, images and electrocardiograms as dataclasses. Reference: docs/reference/dicom.md.

`attributes`, `moments`, `studies` and `images` read what DICOMweb answers and need nothing but Python. `datasets`,
`worklist` and `ecg` stand on pydicom, which takes 40 MB: whoever needs them imports them where they are needed.
"""
