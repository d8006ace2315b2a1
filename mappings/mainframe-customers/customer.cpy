      * Customer master as the mainframe writes it at night.
       01  CUSTOMER-RECORD.
           05  CUST-NO             PIC 9(8).
           05  CUST-KIND           PIC X.
               88  IS-PERSON       VALUE 'P'.
               88  IS-COMPANY      VALUE 'C'.
           05  CUST-NAME.
               10  GIVEN-NAME      PIC X(20).
               10  FAMILY-NAME     PIC X(30).
           05  COMPANY-NAME        REDEFINES CUST-NAME
                                   PIC X(50).
           05  STREET              PIC X(30).
           05  POSTAL-CODE         PIC X(10).
           05  CITY                PIC X(25).
           05  COUNTRY             PIC X(2).
           05  PHONE               PIC X(20) OCCURS 2 TIMES.
           05  EMAIL               PIC X(40).
           05  CREDIT-LIMIT        PIC S9(9)V99 COMP-3.
           05  BLOCKED             PIC X.
           05  CHANGED-ON          PIC 9(8) COMP.
           05  FILLER              PIC X(10).
